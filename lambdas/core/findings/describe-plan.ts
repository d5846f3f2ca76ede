import { describeCall } from '../ledger/call.ts';
import { digestPlan, isReversible } from '../ledger/plan.ts';
import { endOf, headOf, type LedgerRecord, undoneBy } from '../ledger/record.ts';
import type { PlanFacts } from './plan-text.ts';

/** What a finding tells of one of its plans. */
export function describePlan(kind: PlanFacts['kind'], record: LedgerRecord): PlanFacts {
  const { plan, progress } = record;
  const endsAt = progress.state === 'verified' ? endOf(record) : undefined;
  const failure = record.history.findLast(({ event }) => event.what.kind === 'fail')?.event.what;
  return {
    kind,
    id: plan.id,
    state: progress.state,
    mode: plan.mode,
    planDigest: digestPlan(plan),
    head: headOf(record).digest,
    does: plan.steps.map(({ call }) => describeCall(call)).join(', then '),
    reversible: isReversible(plan),
    ...(endsAt !== undefined && { endsAt }),
    ...(isBeingUndone(record) && { undoneBy: undoneBy(record) }),
    ...(progress.state === 'failed' &&
      failure?.kind === 'fail' && {
        ...{ failure: failure.reason.message, failureCode: failure.reason.code },
      }),
  };
}

/** Whether the plan was last asked to be taken back, and not to be applied again since. */
function isBeingUndone({ history }: LedgerRecord): boolean {
  const last = history.findLast(({ event: { what } }) => what.kind === 'approve' || what.kind === 'request-undo');
  return last?.event.what.kind === 'request-undo';
}
