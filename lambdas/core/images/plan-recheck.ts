import type { VerdictRecord } from './verdict.ts';

/** After this many undecided looks in a row an image is left to the sweep. */
export const MOST_ATTEMPTS = 8;
/** Longest delay of an SQS message, seconds (SQS API Reference, SendMessage, DelaySeconds). */
const LONGEST_DELAY = 900;
/** Delay of the look that has to agree with a change, seconds: longer than one look can take. */
const SECOND_LOOK = 60;
/** Shortest delay before a verdict that ends is made again, seconds: longer than one look can take. */
const SHORTEST_HOLD = 60;
/** Clocks differ; a message that comes this much early, milliseconds, is the one that was awaited. */
const EARLY = 1000;

type Awaiting = Pick<VerdictRecord, 'state' | 'attempts' | 'firstSeenAt' | 'graceEndsAt' | 'validUntil'>;

/** Whether the look that was on its way is this one, or was lost: only then is another one sent, so that duplicates do not multiply. */
export function isDue(previous: VerdictRecord | undefined, now: number): boolean {
  return previous?.nextCheckAt === undefined || now >= previous.nextCheckAt - EARLY;
}

/**
 * In how many seconds an image has to be looked at again; undefined where nothing is awaited, or a look is on its way already.
 *
 * A verdict that contradicts the one before is looked at once more: while one function was still writing what it saw, another may have seen the next change
 * and found that the old verdict fitted it, so that it wrote nothing. With the second look the last word is about the state that lasts.
 */
export function planRecheck(
  next: Awaiting,
  previous: VerdictRecord | undefined,
  contradicts: boolean,
  at: { readonly now: number; readonly random: number },
): number | undefined {
  const onItsWay = previous?.state === next.state && !isDue(previous, at.now);
  if (next.attempts > 0)
    return onItsWay || next.attempts >= MOST_ATTEMPTS ? undefined : backOff(next.attempts, at.random);
  switch (next.state) {
    case 'pending':
      return onItsWay ? undefined : waitForSignature(next, at.now);
    case 'verified':
      if (contradicts) return SECOND_LOOK;
      return onItsWay || isRenewed(next, previous) ? undefined : waitForEnd(next, at.now);
    case 'unsigned':
    case 'invalid':
    case 'gone':
      return contradicts ? SECOND_LOOK : undefined;
    case 'ignored':
    case 'error':
      return undefined;
  }
}

/** Twice as long after each failure, between half and all of it, so that what failed together does not come back together. */
function backOff(attempts: number, random: number): number {
  const longest = Math.min(LONGEST_DELAY, 15 * 2 ** (attempts - 1));
  return Math.ceil(longest * (0.5 + random / 2));
}

/** Whether the end of the verdict has moved: it rests on answers that are renewed, and one whose answers hold for minutes must not keep us busy. The sweep renews them. */
function isRenewed({ validUntil }: Awaiting, previous: VerdictRecord | undefined): boolean {
  return previous?.state === 'verified' && previous.validUntil !== undefined && previous.validUntil !== validUntil;
}

/** Until the verdict has to be made again, where a message can wait so long; what ends later the sweep finds. */
function waitForEnd({ validUntil }: Awaiting, now: number): number | undefined {
  if (validUntil === undefined || validUntil - now > LONGEST_DELAY * 1000) return undefined;
  return Math.max(SHORTEST_HOLD, Math.ceil((validUntil - now) / 1000));
}

/** Soon after the push a signature is likely, later less so; the last look is when the grace ends. */
function waitForSignature({ firstSeenAt, graceEndsAt }: Awaiting, now: number): number {
  const waited = now - firstSeenAt;
  const step = waited < 15_000 ? 15 : waited < 75_000 ? 60 : 300;
  const left = Math.ceil((graceEndsAt - now) / 1000);
  return Math.max(1, Math.min(step, left, LONGEST_DELAY));
}
