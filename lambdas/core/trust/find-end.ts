import type { Judgement } from './judge-candidate.ts';

/** What every leaf of a requirement made of every candidate, by the policy line of the leaf. */
export type Judgements = ReadonlyMap<string, readonly Judgement[]>;

/**
 * From when on a requirement is not satisfied any more by what was judged now, Unix milliseconds; undefined where it stays so for good. A signature that ends does not
 * matter while others suffice. Fewer judgements never satisfy more, so the first end at which it fails is the answer.
 */
export function findEnd(judged: Judgements, isSatisfiedBy: (judged: Judgements) => boolean): number | undefined {
  const ends = [...judged.values()].flat().flatMap(({ holdsUntil }) => holdsUntil ?? []);
  const inOrder = [...new Set(ends)].toSorted((left, right) => left - right);
  return inOrder.find((end) => !isSatisfiedBy(keepThose(judged, end)));
}

function keepThose(judged: Judgements, end: number): Judgements {
  const holds = ({ holdsUntil }: Judgement) => holdsUntil === undefined || holdsUntil > end;
  return new Map([...judged].map(([line, judgements]) => [line, judgements.filter(holds)]));
}
