import { isFindingOwed } from './lifecycle.ts';
import type { VerdictRecord } from './verdict.ts';

/** A wait that is this long overdue was lost, milliseconds: SQS may be late, by minutes at most. */
const OVERDUE = 15 * 60_000;

/** How long after its push an attachment may have been lost on the way to us, milliseconds: two runs of the sweep see it. */
const RECENT = 2 * 3_600_000;

/** How long before its end a verdict is made again, milliseconds: one run of the sweep. An answer about revocation is then renewed while the old one still holds. */
const AHEAD = 3_600_000;

/** When and by which policy the sweep looks. `now` in Unix milliseconds. */
export interface SweepTime {
  readonly now: number;
  readonly policyHash: string;
}

/**
 * Why an image needs a look. `due`: something has happened or ended that nobody has looked at yet. `in-turn`: its verdict may have changed, as all verdicts may when the
 * policy or a root does, and waits for its turn.
 */
export type Need = 'due' | 'in-turn';

/**
 * What need there is to look at an image in the registry; undefined where there is none. `due`: it has no verdict, one that ends, an owed finding or an overdue wait.
 * `in-turn`: its verdict is by another policy, undecided, has an open finding (the event of the signature that would close it may have been lost), or a plan that nobody
 * has come to. `verified` needs nothing more: what was signed stays signed, for as long as its verdict says.
 */
export function findNeed(record: VerdictRecord | undefined, { now, policyHash }: SweepTime): Need | undefined {
  if (record === undefined || isFindingOwed(record)) return 'due';
  const { validUntil, nextCheckAt, state } = record;
  if (validUntil !== undefined && now >= validUntil) return 'due';
  // A look is on its way.
  if (nextCheckAt !== undefined && now <= nextCheckAt + OVERDUE) return undefined;
  if (nextCheckAt !== undefined || (validUntil !== undefined && now >= validUntil - AHEAD)) return 'due';
  if (record.policyHash !== policyHash) return 'in-turn';
  if (record.findingOpen || record.attempts > 0 || hasPlanUnderWay(record)) return 'in-turn';
  return state === 'verified' || state === 'ignored' ? undefined : 'in-turn';
}

/**
 * When a verdict will be due by what is on its record, Unix milliseconds: the sweep finds these without looking through the registry. Undefined where nothing but the
 * registry, the policy or a lost finding can make it so.
 */
export function findDueTime({ validUntil, nextCheckAt }: Pick<VerdictRecord, 'validUntil' | 'nextCheckAt'>) {
  if (nextCheckAt !== undefined) return Math.min(nextCheckAt + OVERDUE, validUntil ?? Number.POSITIVE_INFINITY);
  return validUntil === undefined ? undefined : validUntil - AHEAD;
}

/**
 * The need to look at what calls itself an attachment. Like any image where it has a verdict: then it could be run. Of the others only what was pushed just now,
 * since the event that would have told what it is may have been lost; signatures would be looked at every hour otherwise.
 */
export function findAttachmentNeed(
  record: VerdictRecord | undefined,
  pushedAt: number | undefined,
  at: SweepTime,
): Need | undefined {
  if (record !== undefined) return findNeed(record, at);
  return pushedAt !== undefined && at.now - pushedAt < RECENT ? 'due' : undefined;
}

/**
 * The need to look at an image in the archive: where a plan of ours put it there, like any other, since its signature may have come and its event been lost. What others
 * archived cannot be read, and cannot be pulled either.
 */
export function findArchivedNeed(record: VerdictRecord | undefined, at: SweepTime): Need | undefined {
  return record?.plans === undefined || record.state === 'gone' ? undefined : findNeed(record, at);
}

/** Whether the executor was to do something that it has not come to: a look wakes it again. */
function hasPlanUnderWay({ plans = [] }: VerdictRecord): boolean {
  return plans.some(({ state }) => state === 'auto' || state === 'undoing');
}
