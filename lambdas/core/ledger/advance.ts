import type { Reason } from '../errors.ts';
import type { Happening, LedgerEvent } from './event.ts';
import { digestPlan, isReversible, type Plan } from './plan.ts';
import {
  beginningOf,
  mayHaveChanged,
  nextStep,
  nextUndo,
  type PlanState,
  type Progress,
  STEP_LEASE,
} from './progress.ts';

/** Why something cannot happen to a plan. `later`: it can still become possible, so that whoever asks may ask again; `never`: it cannot. */
export interface Refusal extends Reason {
  readonly code: RefusalCode;
  readonly again: 'later' | 'never';
}

export type RefusalCode =
  | 'duplicate'
  | 'wrong-state'
  | 'wrong-actor'
  | 'observe-only'
  | 'other-plan'
  | 'irreversible'
  | 'not-due'
  | 'in-progress'
  | 'wrong-step'
  | 'history-full';

export type Advance =
  | { readonly ok: true; readonly progress: Progress }
  | { readonly ok: false; readonly refusal: Refusal };

/** Where a plan stands after its proposal: the first entry of every history. */
export function startProgress(plan: Plan): Progress {
  return beginningOf(plan.mode, plan.steps.length);
}

/**
 * The next standing of a plan, or why there is none. This function alone knows the states:
 *
 * - a plan in `approve` comes to `applying` only through an operator's `approve`, one in `observe` never;
 * - a denial wins over an approval until the first step was begun;
 * - a step is started once until its lease ends, finished once, and never started again after that;
 * - only what was applied, or failed half-way, can be undone, and only where each step has an inverse;
 * - a rule can have that done only to a plan of its own in `enforce`, the executor only when the plan has expired (`record.ts` knows when);
 * - what was verified may be found changed by somebody else, while it is to last for a time.
 */
export function advance(plan: Plan, progress: Progress, { what, by, at }: LedgerEvent): Advance {
  // Of a row that somebody changed the kind may be none: it is nobody's then.
  const owners = Object.hasOwn(OWNERS, what.kind) ? OWNERS[what.kind] : [];
  if (!owners.includes(by.kind)) {
    return refuse('wrong-actor', `${what.kind} is for the ${owners.join(' or ')}, not for the ${by.kind}`);
  }
  if (by.kind === 'rule' && by.name !== plan.rule) return refuse('wrong-actor', `the plan is not of ${by.name}`);
  switch (what.kind) {
    case 'propose':
      return refuse('wrong-state', 'a plan is proposed once');
    case 'approve':
      return approve(plan, progress, what);
    case 'deny':
      return move(progress, ['proposed', 'approved', 'auto'], 'denied', what, []);
    case 'expire':
      return move(progress, ['proposed'], 'expired', what, []);
    case 'begin':
      return move(progress, ['approved', 'auto'], 'applying', what, ['proposed', 'failed']);
    case 'start-step':
      return startStep(progress, what.step, at);
    case 'finish-step':
      return finishStep(progress, what);
    case 'verify':
      return move(progress, ['applied'], 'verified', what, [...UNBEGUN, 'applying']);
    case 'fail':
      return fail(plan, progress, what);
    case 'request-undo':
      return requestUndo(plan, progress, what, by);
    case 'extend':
      return extend(plan, progress, what);
    case 'start-undo':
      return startUndo(progress, what.step, at);
    case 'finish-undo':
      return finishUndo(progress, what.step);
  }
}

/** States in which the steps are still to come, and those after which an undo may. A plan that failed may be approved again. */
const UNBEGUN: readonly PlanState[] = ['proposed', 'approved', 'auto', 'failed'];
const NOT_UNDOING: readonly PlanState[] = [...UNBEGUN, 'applying', 'applied', 'verified'];

/** Who may bring what: approving is a person's, acting is the executor's, proposing a rule's. What the rule itself authorised it may also want taken back. */
const OWNERS: Readonly<Record<Happening['kind'], readonly LedgerEvent['by']['kind'][]>> = {
  propose: ['rule'],
  approve: ['operator'],
  deny: ['operator'],
  expire: ['executor'],
  begin: ['executor'],
  'start-step': ['executor'],
  'finish-step': ['executor'],
  verify: ['executor'],
  fail: ['executor'],
  'request-undo': ['operator', 'rule', 'executor'],
  extend: ['operator'],
  'start-undo': ['executor'],
  'finish-undo': ['executor'],
};

function approve(plan: Plan, progress: Progress, what: Extract<Happening, { kind: 'approve' }>): Advance {
  if (plan.mode === 'observe')
    return refuse('observe-only', 'the configuration only observes: this plan is never applied');
  if (what.planDigest !== digestPlan(plan)) return refuse('other-plan', 'the approval is for another plan than this');
  if (!isReversible(plan) && !what.irreversible) {
    return refuse('irreversible', 'the plan cannot be taken back, and the approval does not say that this is known');
  }
  // A plan that failed, held up by a guard or half-way, is taken up again where an operator wants it.
  return move(progress, ['proposed', 'failed'], 'approved', what, ['applying', 'applied']);
}

function startStep(progress: Progress, index: number, at: number): Advance {
  if (progress.state !== 'applying') return wrongState(progress, 'start-step', UNBEGUN);
  const step = progress.steps[index];
  if (index !== nextStep(progress) || step === undefined) return wrongStep(progress, index);
  if (step.at === 'started' && at < step.since + STEP_LEASE) {
    return refuse('in-progress', `step ${index} was started and its lease has not ended`, 'later');
  }
  return { ok: true, progress: setStep(progress, index, { at: 'started', since: at }) };
}

function finishStep(
  progress: Progress,
  { step: index, performed }: Extract<Happening, { kind: 'finish-step' }>,
): Advance {
  if (progress.state !== 'applying') return wrongState(progress, 'finish-step', UNBEGUN);
  const step = progress.steps[index];
  if (index !== nextStep(progress) || step === undefined) return wrongStep(progress, index);
  if (performed !== (step.at === 'started')) {
    return refuse(
      'wrong-step',
      `step ${index} is ${step.at}: that it was ${performed ? '' : 'not '}performed cannot be`,
      'later',
    );
  }
  const next = setStep(progress, index, { at: performed ? 'done' : 'kept' });
  return { ok: true, progress: nextStep(next) === undefined ? { ...next, state: 'applied' } : next };
}

/** Only what is watched until it ends is looked at after it was verified. */
function fail(plan: Plan, progress: Progress, what: Happening): Advance {
  const from: readonly PlanState[] = ['approved', 'auto', 'applying', 'applied', 'undoing'];
  return move(progress, plan.expiresAfter === undefined ? from : [...from, 'verified'], 'failed', what, ['proposed']);
}

/** Changes no state: when the plan ends is read from the history. */
function extend(plan: Plan, progress: Progress, what: Happening): Advance {
  if (plan.expiresAfter === undefined) return refuse('not-due', 'the plan does not end by itself');
  return move(progress, ['applying', 'applied', 'verified', 'failed'], progress.state, what, UNBEGUN);
}

function requestUndo(plan: Plan, progress: Progress, what: Happening, by: LedgerEvent['by']): Advance {
  // What a person approved a person takes back.
  if (by.kind === 'rule' && plan.mode !== 'enforce') {
    return refuse('wrong-actor', 'taking back a plan that is not enforced is for the operator');
  }
  if (by.kind === 'executor' && plan.expiresAfter === undefined) {
    return refuse('wrong-actor', 'the plan does not end by itself');
  }
  if (progress.state === 'failed' && !mayHaveChanged(progress)) {
    return refuse('wrong-state', 'the plan changed nothing: there is nothing to undo');
  }
  const held = progress.steps.some((step, index) => {
    const touched = step.at === 'started' || step.at === 'done' || step.at === 'undo-started';
    return touched && !('call' in (plan.steps[index]?.inverse ?? {}));
  });
  if (held) return refuse('irreversible', 'a step that was applied has no inverse');
  const next = move(progress, ['applied', 'verified', 'failed'], 'undoing', what, ['approved', 'auto', 'applying']);
  // Where every step was found done there is nothing to take back.
  return next.ok && nextUndo(next.progress) === undefined
    ? { ok: true, progress: { ...next.progress, state: 'undone' } }
    : next;
}

function startUndo(progress: Progress, index: number, at: number): Advance {
  if (progress.state !== 'undoing') return wrongState(progress, 'start-undo', NOT_UNDOING);
  const step = progress.steps[index];
  if (index !== nextUndo(progress) || step === undefined) return wrongStep(progress, index);
  if (step.at === 'undo-started' && at < step.since + STEP_LEASE) {
    return refuse('in-progress', `taking back step ${index} was started and its lease has not ended`, 'later');
  }
  return { ok: true, progress: setStep(progress, index, { at: 'undo-started', since: at }) };
}

function finishUndo(progress: Progress, index: number): Advance {
  if (progress.state !== 'undoing') return wrongState(progress, 'finish-undo', NOT_UNDOING);
  if (index !== nextUndo(progress)) return wrongStep(progress, index);
  const next = setStep(progress, index, { at: 'undone' });
  return { ok: true, progress: nextUndo(next) === undefined ? { ...next, state: 'undone' } : next };
}

/** From one of `from` to `to`. `before` are the states that may still lead to `from`. */
function move(
  progress: Progress,
  from: readonly PlanState[],
  to: PlanState,
  { kind }: Happening,
  before: readonly PlanState[],
): Advance {
  return from.includes(progress.state)
    ? { ok: true, progress: { ...progress, state: to } }
    : wrongState(progress, kind, before);
}

function wrongState({ state }: Progress, kind: string, before: readonly PlanState[]): Advance {
  return refuse(
    'wrong-state',
    `${kind} is not possible while the plan is ${state}`,
    before.includes(state) ? 'later' : 'never',
  );
}

function wrongStep(progress: Progress, index: number): Advance {
  const turn = progress.state === 'undoing' ? nextUndo(progress) : nextStep(progress);
  const early = turn !== undefined && (progress.state === 'undoing' ? index < turn : index > turn);
  return refuse('wrong-step', `it is not the turn of step ${index}`, early ? 'later' : 'never');
}

function setStep(progress: Progress, index: number, step: Progress['steps'][number]): Progress {
  return { ...progress, steps: progress.steps.map((known, at) => (at === index ? step : known)) };
}

function refuse(code: RefusalCode, message: string, again: Refusal['again'] = 'never'): Advance {
  return { ok: false, refusal: { code, message, again } };
}
