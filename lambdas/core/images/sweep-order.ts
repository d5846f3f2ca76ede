import type { Digest } from '../digest.ts';

/** Where a run of the sweep left off, and the next one goes on. */
export interface SweepPosition {
  readonly repository: string;
  /** The last of its images that was dealt with; absent where none was. */
  readonly after?: Digest | undefined;
  /** How many repositories are left until all have been looked through once; absent where that begins anew. */
  readonly left?: number | undefined;
}

/** All repositories, once each, from the position on. One that is gone is passed over. */
export function orderRepositories(names: readonly string[], from: SweepPosition | undefined): readonly string[] {
  const sorted = names.toSorted();
  const start = from === undefined ? 0 : sorted.findIndex((name) => name >= from.repository);
  return start <= 0 ? sorted : [...sorted.slice(start), ...sorted.slice(0, start)];
}

/** Splits the images of a repository at the position in it: those after it, whose turn it is, and those before, who have had theirs. ECR promises no order; digests have one. */
export function splitImages<Image extends { readonly digest: Digest }>(
  images: readonly Image[],
  after: Digest | undefined,
): { readonly first: readonly Image[]; readonly last: readonly Image[] } {
  const sorted = images.toSorted((left, right) => (left.digest < right.digest ? -1 : 1));
  const isFirst = ({ digest }: Image) => after === undefined || digest > after;
  return { first: sorted.filter(isFirst), last: sorted.filter((image) => !isFirst(image)) };
}
