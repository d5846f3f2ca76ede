import { describeCall } from '../../lambdas/core/ledger/call.ts';
import type { Actor, Happening } from '../../lambdas/core/ledger/event.ts';
import { digestPlan, isReversible, type PlanStep } from '../../lambdas/core/ledger/plan.ts';
import type { StepState } from '../../lambdas/core/ledger/progress.ts';
import { endOf, headOf, type LedgerRecord } from '../../lambdas/core/ledger/record.ts';
import { makeVisible } from '../output/visible.ts';

/** A plan on one line: id, state, mode, when it last moved, what it is about. */
export function describeBriefly(record: LedgerRecord): string {
  const { plan, progress } = record;
  const moved = new Date(headOf(record).event.at).toISOString();
  return `${plan.id}  ${progress.state.padEnd(8)}  ${plan.mode.padEnd(7)}  ${moved}  ${makeVisible(plan.resource)}\n`;
}

/** A plan with its steps, its history, and what can be done about it. */
export function describeFully(record: LedgerRecord): string {
  const { plan, progress, history } = record;
  const lines = [
    `${plan.id}: ${progress.state}`,
    `  about     ${plan.resource}`,
    `  because   ${plan.reason.code}: ${plan.reason.message}`,
    `  asked by  ${plan.rule}, mode ${plan.mode}`,
    `  before    ${Object.entries(plan.before)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
    ...plan.steps.map((step, index) => `  step ${index}    ${describeStep(step, progress.steps[index])}`),
    `  digest    ${digestPlan(plan)}`,
    '  history',
    ...history.map(({ event }) => {
      return `    ${new Date(event.at).toISOString()}  ${describeActor(event.by)}: ${describeHappening(event.what)}`;
    }),
    ...describeEnd(record),
    ...describeNext(record),
  ];
  return lines.map((line) => `${makeVisible(line)}\n`).join('');
}

/** The same as data. */
export function planAsData({ plan, progress, history }: LedgerRecord): unknown {
  return { ...plan, digest: digestPlan(plan), progress, history: history.map(({ event }) => event) };
}

function describeEnd(record: LedgerRecord): readonly string[] {
  const end = record.progress.state === 'verified' ? endOf(record) : undefined;
  return end === undefined ? [] : [`  ends      ${new Date(end).toISOString()}, by itself`];
}

function describeStep({ call, inverse }: PlanStep, state: StepState | undefined): string {
  const back = 'call' in inverse ? `back: ${describeCall(inverse.call)}` : `no way back: ${inverse.irreversible}`;
  return `${state?.at ?? 'pending'}: ${describeCall(call)} (${back})`;
}

function describeActor(by: Actor): string {
  switch (by.kind) {
    case 'operator':
      return `${by.identity} (${by.via})`;
    case 'rule':
      return `rule ${by.name}`;
    case 'executor':
      return 'plan-executor';
  }
}

function describeHappening(what: Happening): string {
  switch (what.kind) {
    case 'fail':
      return `fail, ${what.reason.code}: ${what.reason.message}`;
    case 'verify':
      return `verify: ${what.observed}`;
    case 'finish-step':
    case 'finish-undo':
      return `${what.kind} ${what.step}: ${what.observed}`;
    case 'start-step':
    case 'start-undo':
      return `${what.kind} ${what.step}`;
    case 'extend':
      return `extend until ${new Date(what.until).toISOString()}`;
    default:
      return what.kind;
  }
}

function describeNext({ plan, progress: { state } }: LedgerRecord): readonly string[] {
  const irreversible = isReversible(plan) ? '' : ' --irreversible';
  const approve = `  countersign plan approve ${plan.id}${irreversible}`;
  const undo = `  countersign plan undo ${plan.id}`;
  if (state === 'proposed' && plan.mode !== 'observe') return ['next', approve, `  countersign plan deny ${plan.id}`];
  if (state === 'failed') return ['next', ...(plan.mode === 'observe' ? [] : [approve]), undo];
  const extend = plan.expiresAfter === undefined ? [] : [`  countersign plan extend ${plan.id} --for 60m`];
  if (state === 'verified' && irreversible === '') return ['next', ...extend, undo];
  return [];
}
