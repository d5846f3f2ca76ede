import type { PlanFacts } from '../findings/plan-text.ts';
import { describeCall } from '../ledger/call.ts';
import { digestPlan, isReversible } from '../ledger/plan.ts';
import { mayHaveChanged } from '../ledger/progress.ts';
import { headOf, type LedgerRecord, proposalEnd } from '../ledger/record.ts';
import type { VerdictRecord } from './verdict.ts';

/** What the finding about an image tells of one of its plans. */
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

/** Whether a plan leaves room for another one of its kind: it was made under another policy, or ended without having changed anything since the state had moved. */
export function isSuperseded(record: LedgerRecord, policyHash: string): boolean {
  const { plan, progress } = record;
  if (mayHaveChanged(progress)) return false;
  if (plan.policyHash !== policyHash) return true;
  const last = headOf(record).event.what;
  return progress.state === 'failed' && last.kind === 'fail' && last.reason.code === 'moved';
}

/** Whether the executor has something to do about a plan that nobody has told it: the rule authorised it, or its proposal has ended. */
export function isForExecutor(record: LedgerRecord, now: number): boolean {
  return record.progress.state === 'auto' || (record.progress.state === 'proposed' && now >= proposalEnd(record));
}

/** The verdict with other plans, as the next revision whose finding is owed. Undefined where they are the same. */
export function withPlans(record: VerdictRecord, plans: readonly PlanFacts[], now: number): VerdictRecord | undefined {
  if (JSON.stringify(plans) === JSON.stringify(record.plans ?? [])) return undefined;
  return {
    ...record,
    plans,
    revision: record.revision + 1,
    findingUpdatedAt: Math.max(now, record.findingUpdatedAt + 1),
  };
}
