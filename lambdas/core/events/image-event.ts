import type { Digest } from '../digest.ts';
import type { Reason } from '../errors.ts';

/** What an event is about. It is a hint that something changed there, never the truth: live state is read again. */
export interface EventSubject {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  /** The digest that was pushed, deleted or is to be checked again; it may be that of a signature. */
  readonly digest: Digest;
  readonly tag: string | undefined;
  /** Time of the event at its source, Unix milliseconds. */
  readonly at: number;
  readonly eventId: string;
}

/** An event that may change a verdict. `recheck` is our own message: a grace that ends, a retry, the sweep. */
export interface ImageEvent extends EventSubject {
  readonly kind: 'pushed' | 'deleted' | 'recheck';
}

/**
 * - `event`: something to react to.
 * - `no-change`: a well-formed event that changes nothing (a push that failed, a restored storage class).
 * - `rejected`: not an event this service knows; it belongs to the dead letters with its reason.
 */
export type ParsedEvent =
  | { readonly outcome: 'event'; readonly event: ImageEvent }
  | { readonly outcome: 'no-change'; readonly reason: Reason }
  | { readonly outcome: 'rejected'; readonly reason: Reason };
