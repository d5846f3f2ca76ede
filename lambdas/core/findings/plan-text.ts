import * as z from 'zod';
import { fitText } from './text.ts';

/** What a finding tells of a plan. */
export const planFacts = z.object({
  kind: z.enum(['containment', 'deletion', 'revert', 'remedy']),
  id: z.string(),
  state: z.string(),
  mode: z.enum(['observe', 'approve', 'enforce']),
  /** Digest of the plan: an approval names it, so that what is approved is what was shown. */
  planDigest: z.string(),
  /** Digest of the newest entry of its history, which stands for all of it. */
  head: z.string(),
  /** What it does in words: `tag … , archive …`. */
  does: z.string(),
  reversible: z.boolean(),
  /** Why it failed, where it did. */
  failure: z.string().optional(),
  failureCode: z.string().optional(),
  /** Who wanted it taken back, where somebody did; `time` where it ended by itself. */
  undoneBy: z.enum(['operator', 'rule', 'time']).optional(),
  /** When what it did is taken back by itself, Unix milliseconds. */
  endsAt: z.number().optional(),
});
export type PlanFacts = z.infer<typeof planFacts>;

/** One or two sentences for the description of the finding, about the plan that the reader can do something about: the last one. */
export function describePlans(plans: readonly PlanFacts[]): string {
  const last = plans.at(-1);
  return last === undefined ? '' : fitText(` ${describeState(last)}`, 512);
}

/** The plans in fields of the finding, from which an operator's action reads which plan is meant, and by which insights find what needs a person. */
export function listPlanFields(plans: readonly PlanFacts[]): Record<string, string> {
  const fields = Object.fromEntries(
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
  // Always told where there is a plan: fields beside findings of others stay until they are written again.
  return plans.length === 0 ? fields : { ...fields, 'countersign/Needs': tellNeed(plans) };
}

/** What the plans need of a person: an answer, help against whoever undoes what was put right, or nothing. What is shown only (`observe`) waits for nobody. */
function tellNeed(plans: readonly PlanFacts[]): 'approval' | 'settlement' | 'nothing' {
  const last = plans.at(-1);
  if (last?.state === 'failed' && (last.failureCode === 'contested' || last.failureCode === 'taken-away')) {
    return 'settlement';
  }
  return plans.some(({ state, mode }) => state === 'proposed' && mode !== 'observe') ? 'approval' : 'nothing';
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
      return `${name} was applied and a fresh read confirms it (${does}).${tellEnd(plan)}${reversible ? ' The action "Countersign undo" takes it back.' : ''}`;
    case 'undoing':
      return `${name} is being taken back.`;
    case 'undone':
      if (undoneBy === 'time') return `${name} ended by itself at its time: what it did was taken back.`;
      if (undoneBy === 'rule') return `${name} was undone, since the image is verified.`;
      return `${name} was undone by an operator and is not proposed again under this configuration.`;
    default:
      return `${name} is under way: ${does}.`;
  }
}

function tellEnd({ endsAt }: PlanFacts): string {
  return endsAt === undefined ? '' : ` It ends by itself at ${new Date(endsAt).toISOString()}.`;
}
