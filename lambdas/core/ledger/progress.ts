import type { PlanMode } from './plan.ts';

/** The states of a plan (architecture, `ledger`). `failed` may have changed something or nothing; the steps say which. */
export type PlanState =
  | 'proposed'
  | 'approved'
  | 'auto'
  | 'denied'
  | 'expired'
  | 'applying'
  | 'applied'
  | 'verified'
  | 'failed'
  | 'undoing'
  | 'undone';

/**
 * How far a step is. `started` means that its call may have been made: only a look at the world tells.
 * `kept` is a step whose result was there already when its turn came: nothing was done, nothing is to be taken back.
 */
export type StepState =
  | { readonly at: 'pending' | 'done' | 'kept' | 'undone' }
  | { readonly at: 'started' | 'undo-started'; readonly since: number };

/** Where a plan stands: what its history comes to. */
export interface Progress {
  readonly state: PlanState;
  readonly steps: readonly StepState[];
}

/** How long whoever started a step has it for itself, milliseconds: longer than the executing function may run. After that a crash is assumed. */
export const STEP_LEASE = 3 * 60_000;
/** How long a proposal waits for an operator, milliseconds. What was shown a month ago is not what an operator would approve now. */
export const PROPOSAL_LIFE = 30 * 86_400_000;

/** The state in which a plan begins. Only `enforce` needs nobody's word. */
export function beginningOf(mode: PlanMode, steps: number): Progress {
  return {
    state: mode === 'enforce' ? 'auto' : 'proposed',
    steps: Array.from({ length: steps }, () => ({ at: 'pending' })),
  };
}

/** Whether anything in the world may have been changed. */
export function mayHaveChanged({ steps }: Progress): boolean {
  return steps.some(({ at }) => at === 'started' || at === 'done' || at === 'undo-started');
}

/** The first step whose result is not there yet. */
export function nextStep({ steps }: Progress): number | undefined {
  const index = steps.findIndex(({ at }) => at !== 'done' && at !== 'kept');
  return index === -1 ? undefined : index;
}

/** The last step that may have changed something and was not taken back: undoing goes backwards. */
export function nextUndo({ steps }: Progress): number | undefined {
  const index = steps.findLastIndex(({ at }) => at === 'started' || at === 'done' || at === 'undo-started');
  return index === -1 ? undefined : index;
}
