/**
 * What is known of the revocation of a certificate, or of all of a chain. Times in Unix milliseconds.
 * `unknown` is no answer (no responder could be reached, or what it said cannot be relied on): the verification level decides what it means.
 */
export type RevocationStatus =
  | { readonly kind: 'ok'; readonly reason: string; readonly reusableUntil: number }
  | { readonly kind: 'revoked'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** No answer is used for longer than this, whatever its own nextUpdate allows. */
const LONGEST_REUSE = 3_600_000;

/** Clocks may differ by this much where a responder's time is compared with ours. */
export const CLOCK_TOLERANCE = 300_000;

/** Until when an answer may be used again: its own end of life, at most an hour from now. */
export function reusableUntil(nextUpdate: number, now: number): number {
  return Math.min(nextUpdate, now + LONGEST_REUSE);
}

/** The status of a chain from those of its certificates: one revoked certificate decides, then one unknown. */
export function combineStatuses(statuses: readonly RevocationStatus[], now: number): RevocationStatus {
  const worst = statuses.find(({ kind }) => kind === 'revoked') ?? statuses.find(({ kind }) => kind === 'unknown');
  if (worst !== undefined) return worst;
  const until = statuses.map((status) => (status.kind === 'ok' ? status.reusableUntil : now));
  return {
    kind: 'ok',
    reason: [...new Set(statuses.map(({ reason }) => reason))].join('; ').slice(0, 250),
    reusableUntil: Math.min(now + LONGEST_REUSE, ...until),
  };
}
