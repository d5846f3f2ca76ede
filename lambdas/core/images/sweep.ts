import { isFindingOwed } from './lifecycle.ts';
import type { VerdictRecord } from './verdict.ts';

/** A wait that is this long overdue was lost, milliseconds: SQS may be late, by minutes at most. */
const OVERDUE = 15 * 60_000;

/** Whether an image in the registry needs a look: it has no verdict, none under the policy in force, an overdue wait, an undecided state, or an owed finding. */
export function needsLook(
  record: VerdictRecord | undefined,
  at: { readonly now: number; readonly policyHash: string },
): boolean {
  if (record === undefined || record.policyHash !== at.policyHash || isFindingOwed(record)) return true;
  switch (record.state) {
    case 'verified':
    case 'unsigned':
    case 'invalid':
    case 'ignored':
      return record.attempts > 0 && isOverdue(record, at.now);
    case 'pending':
    case 'error':
    case 'gone':
      return isOverdue(record, at.now);
  }
}

function isOverdue({ nextCheckAt }: VerdictRecord, now: number): boolean {
  return nextCheckAt === undefined || now > nextCheckAt + OVERDUE;
}
