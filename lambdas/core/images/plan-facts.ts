import type { PlanFacts } from '../findings/plan-text.ts';
import { mayHaveChanged } from '../ledger/progress.ts';
import { headOf, type LedgerRecord } from '../ledger/record.ts';
import type { VerdictRecord } from './verdict.ts';

/** Whether a plan leaves room for another one of its kind: it was made under another policy, or ended without having changed anything since the state had moved. */
export function isSuperseded(record: LedgerRecord, policyHash: string): boolean {
  const { plan, progress } = record;
  if (mayHaveChanged(progress)) return false;
  if (plan.policyHash !== policyHash) return true;
  const last = headOf(record).event.what;
  return progress.state === 'failed' && last.kind === 'fail' && last.reason.code === 'moved';
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
