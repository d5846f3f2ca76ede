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

/** The images of a repository, once each, from the one after the position on. ECR promises no order; digests have one. */
export function orderImages<Image extends { readonly digest: Digest }>(
  images: readonly Image[],
  after: Digest | undefined,
): readonly Image[] {
  const sorted = images.toSorted((left, right) => (left.digest < right.digest ? -1 : 1));
  const start = after === undefined ? 0 : sorted.findIndex(({ digest }) => digest > after);
  return start <= 0 ? sorted : [...sorted.slice(start), ...sorted.slice(0, start)];
}
