import { fitText } from './text.ts';

/** What a finding tells of a plan. */
export interface PlanFacts {
  readonly kind: 'containment' | 'deletion' | 'revert' | 'remedy';
  readonly id: string;
  readonly state: string;
  readonly mode: 'observe' | 'approve' | 'enforce';
  /** Digest of the plan: an approval names it, so that what is approved is what was shown. */
  readonly planDigest: string;
  /** Digest of the newest entry of its history, which stands for all of it. */
  readonly head: string;
  /** What it does in words: `tag … , archive …`. */
  readonly does: string;
  readonly reversible: boolean;
  /** Why it failed, where it did. */
  readonly failure?: string | undefined;
  readonly failureCode?: string | undefined;
  /** Who wanted it taken back, where somebody did. */
  readonly undoneBy?: 'operator' | 'rule' | undefined;
}

/** One or two sentences for the description of the finding, about the plan that the reader can do something about: the last one. */
export function describePlans(plans: readonly PlanFacts[]): string {
  const last = plans.at(-1);
  return last === undefined ? '' : fitText(` ${describeState(last)}`, 512);
}

/** The plans in fields of the finding, from which an operator's action reads which plan is meant. */
export function listPlanFields(plans: readonly PlanFacts[]): Record<string, string> {
  return Object.fromEntries(
    plans.flatMap(({ kind, id, state, planDigest, head, does }) => {
      const name = kind === 'deletion' ? 'countersign/DeletionPlan' : 'countersign/Plan';
      return [
        [name, id],
        [`${name}State`, state],
        [`${name}Digest`, planDigest],
        [`${name}Head`, head],
        [`${name}Steps`, fitText(does, 2048)],
      ];
    }),
  );
}

function describeState(plan: PlanFacts): string {
  const { id, state, mode, does, reversible, failure, undoneBy } = plan;
  const name = `Plan ${id.slice(0, 13)}`;
  const back = reversible ? 'All of it can be undone.' : 'This cannot be undone.';
  const action = reversible ? 'Countersign approve' : 'Countersign delete';
  switch (state) {
    case 'proposed':
      return mode === 'observe'
        ? `${name} is shown only, since the configuration observes: it would ${does}.`
        : `${name} waits for you: the action "${action}" would ${does}. ${back}`;
    case 'denied':
      return `${name} was denied by an operator; nothing was changed.`;
    case 'expired':
      return `${name} expired without an answer; nothing was changed.`;
    case 'failed':
      if (undoneBy !== undefined) {
        return `${name} could not be taken back: ${failure ?? 'see its history.'} The action "Countersign undo" tries again.`;
      }
      return `${name} failed: ${failure ?? 'see its history.'} The action "${action}" tries again to ${does}.`;
    case 'verified':
      return `${name} was applied and a fresh read confirms it (${does}).${reversible ? ' The action "Countersign undo" takes it back.' : ''}`;
    case 'undoing':
      return `${name} is being taken back.`;
    case 'undone':
      if (undoneBy === 'rule') return `${name} was undone, since the image is verified.`;
      return `${name} was undone by an operator and is not proposed again under this configuration.`;
    default:
      return `${name} is under way: ${does}.`;
  }
}
