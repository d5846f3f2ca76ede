import { readRow } from '../../lambdas/aws/ledger-store.ts';
import { describeCall } from '../../lambdas/core/ledger/call.ts';
import type { Happening } from '../../lambdas/core/ledger/event.ts';
import { isPlanId, type Plan, type PlanId } from '../../lambdas/core/ledger/plan.ts';
import { headOf, LedgerError, type LedgerRecord } from '../../lambdas/core/ledger/record.ts';
import type { AccountContext } from './context.ts';
import { type Item, toNativeItem } from './dynamodb-values.ts';
import type { Step } from './types.ts';

/** Shows in the timeline what the service wrote down: a verdict, drift, or what happened to a plan. Rows of other kinds are its own business. */
export function noteRow(context: AccountContext, old: Item | undefined, item: Item): void {
  const state = item.state?.S;
  const unchanged = state === old?.state?.S;
  if (state === undefined || (unchanged && item.revision?.N === old?.revision?.N)) return;
  const trace = context.traces.ofMessage(item.image?.S ?? item.resource?.S ?? '');
  if (trace === undefined) return;
  const { step, summary, detail } = describeRow(item);
  const plan = item.plan?.S;
  if (plan !== undefined) context.traces.plan(plan, trace);
  if (step === undefined) return;
  const words = summary ?? `${step} ${unchanged ? 'stays ' : ''}${state}`;
  context.afterwards(() => context.timeline.add(step, trace, words, detail));
}

/** Without a summary the state is what there is to tell. */
interface RowNote {
  readonly step?: Step;
  readonly summary?: string;
  readonly detail?: unknown;
}

function describeRow(item: Item): RowNote {
  const row = toNativeItem(item);
  if (item.image !== undefined) return { step: 'verdict', detail: row };
  if (item.deviations !== undefined) return { step: 'drift', detail: row };
  const id = item.plan?.S;
  const record = isPlanId(id) ? readPlan(id, row) : undefined;
  if (record === undefined) return {};
  return { ...describeHappening(record.plan, headOf(record).event.what), detail: describeLedgerRow(record) };
}

/** A row that is no plan is for the service to refuse, not for who looks on. */
function readPlan(id: PlanId, row: Record<string, unknown>): LedgerRecord | undefined {
  try {
    return readRow(id, row);
  } catch (error) {
    if (error instanceof LedgerError) return undefined;
    throw error;
  }
}

/** What was noted last. A call is told when it was made, and looked at. */
function describeHappening(plan: Plan, what: Happening): RowNote {
  switch (what.kind) {
    case 'finish-step':
      return { step: 'call', summary: `${what.performed ? '' : 'found done: '}${tellCall(plan, what.step)}` };
    case 'finish-undo':
      return { step: 'call', summary: `taken back: ${tellCall(plan, what.step)}` };
    case 'verify':
      return { step: 'verified', summary: `a fresh read shows: ${what.observed}` };
    case 'start-step':
    case 'start-undo':
      return { step: 'plan', summary: `step ${what.step + 1} begins` };
    default:
      return { step: 'plan' };
  }
}

function tellCall(plan: Plan, index: number): string {
  const call = plan.steps[index]?.call;
  return call === undefined ? `step ${index + 1}` : describeCall(call);
}

/** A plan with its steps in words. */
function describeLedgerRow({ plan, progress, history }: LedgerRecord) {
  return {
    id: plan.id,
    resource: plan.resource,
    findingId: plan.findingId,
    state: progress.state,
    mode: plan.mode,
    reason: plan.reason.message,
    revision: history.length,
    steps: plan.steps.map(({ call, inverse }, index) => ({
      does: describeCall(call),
      inverse: 'call' in inverse ? describeCall(inverse.call) : null,
      at: progress.steps[index]?.at ?? 'pending',
    })),
  };
}
