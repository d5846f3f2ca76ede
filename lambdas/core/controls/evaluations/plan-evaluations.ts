import { fitText } from '../../findings/text.ts';
import type { EvaluatedResource, Evaluation, Judgement } from './evaluation.ts';

/** What Config holds of a rule about a resource. */
export interface EarlierResult extends EvaluatedResource {
  readonly compliance: 'COMPLIANT' | 'NON_COMPLIANT';
}

const LONGEST_ANNOTATION = 256;

/**
 * What is handed to Config, in the order of resources. Config keeps a result until it gets another one: that of a resource which is gone ends, and so does a good one that
 * cannot be upheld. A bad one of what is undecided stands.
 */
export function planEvaluations(
  { evaluations, undecided }: Judgement,
  earlier: readonly EarlierResult[],
): readonly Evaluation[] {
  const judged = new Set(evaluations.map(nameOf));
  const open = new Set(undecided.map(nameOf));
  const ended = earlier
    .filter((one) => !judged.has(nameOf(one)) && (one.compliance === 'COMPLIANT' || !open.has(nameOf(one))))
    .map(
      ({ type, id }): Evaluation => ({
        ...{ type, id, compliance: 'NOT_APPLICABLE' },
        annotation: open.has(nameOf({ type, id }))
          ? 'It cannot be judged for the moment.'
          : 'It is not there any more, or not judged.',
      }),
    );
  return [...evaluations, ...ended]
    .map((one) => ({ ...one, annotation: fitText(one.annotation, LONGEST_ANNOTATION) }))
    .sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}

function nameOf({ type, id }: EvaluatedResource): string {
  return `${type}\n${id}`;
}
