import type { Digest } from '../digest.ts';

/** That a tag was put on a digest, Unix milliseconds by the clock of the source. */
export interface Tagging {
  readonly digest: Digest;
  readonly at: number;
}

/** Where a tag pointed, oldest first. At most MOST_TAGGINGS. */
export type TagHistory = readonly Tagging[];

/** Taggings kept for one tag: `latest` moves many times a day. */
export const MOST_TAGGINGS = 50;

/**
 * Adds a tagging by the time at which it happened, so that the history is the same in whatever order and however often its events come. Undefined where it is
 * known already, or older than all that is kept.
 */
export function addTagging(history: TagHistory, tagging: Tagging): TagHistory | undefined {
  if (history.some(({ digest, at }) => digest === tagging.digest && at === tagging.at)) return undefined;
  const all = [...history, tagging].toSorted(
    (left, right) => left.at - right.at || (left.digest < right.digest ? -1 : 1),
  );
  const kept = all.slice(-MOST_TAGGINGS);
  return kept.includes(tagging) ? kept : undefined;
}

/** The digest that the tag pointed to before it was put on this one; undefined where it pointed to nothing else. */
export function findMovedFrom(history: TagHistory, { digest, at }: Tagging): Digest | undefined {
  return history.findLast((one) => one.at <= at && one.digest !== digest)?.digest;
}
