import type { PlanFacts } from './plan-text.ts';
import { describePlans } from './plan-text.ts';
import { fitText } from './text.ts';

/** What is done about a result of Config, as far as it is told beside the finding. */
export type RemedyFacts =
  | { readonly is: 'plan'; readonly plan: PlanFacts; readonly effect: string }
  | { readonly is: 'proposal'; readonly owner: string; readonly inTemplate: string }
  | { readonly is: 'refused'; readonly message: string }
  | { readonly is: 'right' };

/** One or two sentences. */
export function describeRemedy(remedy: RemedyFacts): string {
  switch (remedy.is) {
    case 'plan':
      return `${describePlans([remedy.plan]).trim()} ${remedy.effect}`;
    case 'proposal':
      return fitText(
        `Not changed here, since ${remedy.owner} would put it back: write there ${remedy.inTemplate}.`,
        400,
      );
    case 'refused':
      return fitText(`Nothing is changed: ${remedy.message}`, 300);
    case 'right':
      return 'A look just now finds it right: Config will say so with its next evaluation.';
  }
}
