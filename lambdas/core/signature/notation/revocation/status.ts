/**
 * What is known of the revocation of a certificate, or of all of a chain. Times in Unix milliseconds: the same answer may be used for other signatures until
 * `reusableUntil`, and what was accepted on its strength stands until `holdsUntil` (infinite where there is nobody to ask).
 * `unknown` is no answer (no responder could be reached, or what it said cannot be relied on): the verification level decides what it means.
 */
export type RevocationStatus =
  | { readonly kind: 'ok'; readonly reason: string; readonly reusableUntil: number; readonly holdsUntil: number }
  | { readonly kind: 'revoked'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** No answer is used for longer than this, whatever its own nextUpdate allows. */
const LONGEST_REUSE = 3_600_000;

/** What was accepted stands on one answer for no longer than this, so that what is revoked later is found within a day and the way of the sweep. */
export const LONGEST_HOLD = 86_400_000;

/** Clocks may differ by this much where a responder's time is compared with ours. */
export const CLOCK_TOLERANCE = 300_000;

/** A good answer that ends with `nextUpdate`: used again for at most an hour, and stood on for at most a day. */
export function acceptAnswer(reason: string, nextUpdate: number, now: number): RevocationStatus {
  return {
    kind: 'ok',
    reason,
    reusableUntil: Math.min(nextUpdate, now + LONGEST_REUSE),
    holdsUntil: Math.min(nextUpdate, now + LONGEST_HOLD),
  };
}

/** The status of a chain from those of its certificates: one revoked certificate decides, then one unknown. */
export function combineStatuses(statuses: readonly RevocationStatus[], now: number): RevocationStatus {
  const worst = statuses.find(({ kind }) => kind === 'revoked') ?? statuses.find(({ kind }) => kind === 'unknown');
  if (worst !== undefined) return worst;
  const good = statuses.filter((status) => status.kind === 'ok');
  return {
    kind: 'ok',
    reason: [...new Set(statuses.map(({ reason }) => reason))].join('; ').slice(0, 250),
    reusableUntil: Math.min(now + LONGEST_REUSE, ...good.map((status) => status.reusableUntil)),
    holdsUntil: Math.min(...good.map((status) => status.holdsUntil)),
  };
}
