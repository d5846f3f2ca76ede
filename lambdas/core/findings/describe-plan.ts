import { describeCall } from '../ledger/call.ts';
import { digestPlan, isReversible } from '../ledger/plan.ts';
import { headOf, type LedgerRecord } from '../ledger/record.ts';
import type { PlanFacts } from './plan-text.ts';

/** What a finding tells of one of its plans. */
export function describePlan(kind: PlanFacts['kind'], record: LedgerRecord): PlanFacts {
  const { plan, progress } = record;
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
    ...(progress.state === 'failed' && failure?.kind === 'fail' && { failure: failure.reason.message }),
  };
}
