import type { Clients } from '../../lambdas/aws/wiring.ts';

/** Time as the embedded account sees it: real for `npm start`, virtual in tests (where waiting out a grace of ten minutes takes no time). */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** Runs `task` once, `delay` milliseconds from now. Returns a function that cancels it. */
  schedule(delay: number, task: () => void): () => void;
}

/** Switches for what goes wrong in AWS. Rates are probabilities in [0, 1]. All can be changed while the account runs. */
export interface Faults {
  /** An event or message is delivered twice. */
  duplicateRate: number;
  /** Messages overtake each other. */
  reorder: boolean;
  /** An API call is answered with the service's throttling exception. */
  throttleRate: number;
  /** An event never leaves the event bus (best-effort sources lose events). */
  lossRate: number;
}

/** `call`: a change that the service made, as its ledger tells; `verified`: what a fresh read after it showed. */
export type Step =
  | 'api'
  | 'event'
  | 'rule'
  | 'queue'
  | 'function'
  | 'verdict'
  | 'drift'
  | 'plan'
  | 'call'
  | 'verified'
  | 'finding'
  | 'dead-letter'
  | 'fault';

/** One thing that happened, for the timeline of the console and for tests. `trace` ties the steps of one subject together: `repository@digest` or the ARN of a principal or policy. */
export interface TimelineEntry {
  readonly sequence: number;
  readonly at: number;
  readonly step: Step;
  readonly trace: string | undefined;
  readonly summary: string;
  readonly detail?: unknown;
}

export interface EmbeddedAccount {
  readonly id: string;
  readonly region: string;
  /** Real SDK clients whose middleware stack ends in this account instead of the network. */
  readonly clients: Clients;
  /** Answers the pre-signed URLs of GetDownloadUrlForLayer; refuses every other address. */
  readonly fetch: typeof fetch;
  readonly faults: Faults;
  readonly clock: Clock;
  /** Puts an event on the default bus as an AWS service would. */
  emit(event: unknown): void;
  timeline(afterSequence?: number): readonly TimelineEntry[];
  /** Calls back for each new timeline entry; returns a function that stops it. */
  onTimeline(listener: (entry: TimelineEntry) => void): () => void;
}

/** The service running in the account: rules, queues, event source mappings and functions of a synthesized template. */
export interface RunningService {
  /** Resolves when no message is in flight and none is due within `withinMs` (default 0). With a virtual clock, time is advanced as needed. */
  idle(withinMs?: number): Promise<void>;
  stop(): Promise<void>;
}
