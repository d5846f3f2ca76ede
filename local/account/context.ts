import type { Timeline } from './timeline.ts';
import type { Traces } from './trace.ts';
import type { Clock, Faults } from './types.ts';

/** What the services of one account share. */
export interface AccountContext {
  readonly id: string;
  readonly region: string;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly timeline: Timeline;
  readonly traces: Traces;
  /** A number in [0, 1): the only source of chance, so that a seeded account always does the same. */
  readonly random: () => number;
  /** Runs `task` once the API call that is being answered stands in the timeline: cause before effect. */
  readonly afterwards: (task: () => void) => void;
  /** Runs what `afterwards` has collected. */
  readonly runAfterwards: () => void;
  /** Puts an event of an AWS service on the default bus, as an effect of the API call that is being answered. */
  readonly emit: (event: ServiceEvent) => void;
}

export interface ServiceEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources?: readonly string[];
  readonly detail: unknown;
}

/** Throws the dice: true with probability `rate`. No dice are thrown for a rate of 0, so that switched-off faults leave the sequence of random numbers alone. */
export function happens(context: Pick<AccountContext, 'random'>, rate: number): boolean {
  return rate > 0 && context.random() < rate;
}

/** A UUID version 4 made from the account's own random numbers. */
export function newId(context: Pick<AccountContext, 'random'>): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(context.random() * 16).toString(16)).join('');
  const variant = '89ab'.charAt(Math.floor(context.random() * 4));
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
}
