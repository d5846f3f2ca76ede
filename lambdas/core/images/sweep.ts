import { isFindingOwed } from './lifecycle.ts';
import type { VerdictRecord } from './verdict.ts';

/** A wait that is this long overdue was lost, milliseconds: SQS may be late, by minutes at most. */
const OVERDUE = 15 * 60_000;

/** How long after its push an attachment may have been lost on the way to us, milliseconds: two runs of the sweep see it. */
const RECENT = 2 * 3_600_000;

/**
 * Whether what calls itself an attachment needs a look. Like any image where it has a verdict: then it could be run. Of the others only what was pushed just now,
 * since the event that would have told what it is may have been lost; signatures would be looked at every hour otherwise.
 */
export function attachmentNeedsLook(
  record: VerdictRecord | undefined,
  pushedAt: number | undefined,
  at: { readonly now: number; readonly policyHash: string },
): boolean {
  return record === undefined ? pushedAt !== undefined && at.now - pushedAt < RECENT : needsLook(record, at);
}

/**
 * Whether an image in the registry needs a look: it has no verdict, none under the policy in force, one that has ended, an overdue wait, an undecided state, an owed finding, or an
 * open one, since the event of the signature that would close it may have been lost. `verified` needs none: what was signed stays signed.
 */
export function needsLook(
  record: VerdictRecord | undefined,
  at: { readonly now: number; readonly policyHash: string },
): boolean {
  if (record === undefined || record.policyHash !== at.policyHash || isFindingOwed(record)) return true;
  if (record.validUntil !== undefined && at.now >= record.validUntil) return true;
  // A look is on its way.
  if (record.nextCheckAt !== undefined) return at.now > record.nextCheckAt + OVERDUE;
  if (record.findingOpen || record.attempts > 0 || hasPlanUnderWay(record)) return true;
  switch (record.state) {
    case 'verified':
    case 'ignored':
      return false;
    case 'unsigned':
    case 'invalid':
    case 'pending':
    case 'error':
    case 'gone':
      return true;
  }
}

/**
 * Whether an image in the archive needs a look: where a plan of ours put it there, like any other, since its signature may have come and its event been lost. What others
 * archived cannot be read, and cannot be pulled either.
 */
export function archivedNeedsLook(
  record: VerdictRecord | undefined,
  at: { readonly now: number; readonly policyHash: string },
): boolean {
  return record?.plans !== undefined && record.state !== 'gone' && needsLook(record, at);
}

/** Whether the executor was to do something that it has not come to: a look wakes it again. */
function hasPlanUnderWay({ plans = [] }: VerdictRecord): boolean {
  return plans.some(({ state }) => state === 'auto' || state === 'undoing');
}
