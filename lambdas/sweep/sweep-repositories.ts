import { RepositoryNotFoundException } from '@aws-sdk/client-ecr';
import type { Telemetry } from '../aws/function-frame.ts';
import { orderImages, orderRepositories, type SweepPosition } from '../core/images/sweep-order.ts';
import { findNeeds, type NeedParts, type RepositoryNeeds } from './find-needs.ts';
import type { RecheckOutbox } from './recheck-outbox.ts';

/** After so many calls the position is noted: a run that is cut off loses no more than these. */
const NOTE_EVERY = 100;
/** So many repositories that cannot be read, one after the other, are no matter of one repository. */
const MOST_UNREADABLE = 20;

export interface SweepParts extends NeedParts {
  readonly where: { readonly account: string; readonly region: string };
  readonly outbox: RecheckOutbox;
  readonly notePosition: (position: SweepPosition | undefined) => Promise<void>;
  readonly telemetry: Telemetry;
}

/** How far a run came. */
export interface SweepProgress {
  /** Images that were compared. */
  readonly images: number;
  /** Images among them that need a look for which there was no room. */
  readonly backlog: number;
  /** Repositories that could not be read. */
  readonly unreadable: number;
  /** Whether the run ended before it had seen every repository once. */
  readonly cutShort: boolean;
  /** Whether with this run every repository has been looked through since the last time that was so. */
  readonly isRoundOver: boolean;
}

/**
 * Goes through the repositories from where the last run left off, once around, and asks for what needs a look. What does not fit into the budget is the first thing of
 * the next run. One that cannot be read stops no other.
 */
export async function sweepRepositories(
  names: readonly string[],
  from: SweepPosition | undefined,
  parts: SweepParts,
): Promise<SweepProgress> {
  const { budget, outbox, telemetry } = parts;
  const toSee = Math.min(from?.left ?? names.length, names.length);
  let [images, backlog, unreadable, inARow, seen, notedAt] = [0, 0, 0, 0, 0, budget.calls];
  let leftOff: SweepPosition | undefined;
  for (const repository of orderRepositories(names, from)) {
    if (budget.isOver()) break;
    if (budget.calls >= notedAt + NOTE_EVERY) {
      await note(leftOff ?? { repository, ...(toSee > seen && { left: toSee - seen }) });
      notedAt = budget.calls;
    }
    const found = await read(repository);
    // The next run begins with it. Where this one did already, it is too large for any, and must not stand in the way of others.
    if (found !== 'unreadable' && !found.isWhole && seen > 0) break;
    seen += 1;
    if (found === 'unreadable') continue;
    images += found.images;
    const after = repository === from?.repository ? from.after : undefined;
    const asked = await askFor(found, after);
    backlog += asked.left;
    if (asked.left > 0) leftOff ??= { repository, ...(asked.after !== undefined && { after: asked.after }) };
  }
  const cutShort = seen < names.length;
  const next = orderRepositories(names, from)[seen];
  const isRoundOver = seen >= toSee && unreadable === 0;
  const left = isRoundOver || toSee <= seen ? undefined : toSee - seen;
  const stopped =
    cutShort && next !== undefined ? { repository: next, ...(left !== undefined && { left }) } : undefined;
  await note(leftOff ?? stopped);
  return { images, backlog, unreadable, cutShort, isRoundOver };

  /** Nothing that waits in memory may lie before the position. */
  async function note(position: SweepPosition | undefined): Promise<void> {
    await outbox.flush();
    budget.noteCall();
    await parts.notePosition(position);
  }

  async function read(repository: string): Promise<RepositoryNeeds | 'unreadable'> {
    try {
      const found = await findNeeds({ ...parts.where, repository }, parts);
      inARow = 0;
      if (!found.isWhole) unreadable += 1;
      return found;
    } catch (thrown) {
      // Deleted since it was listed.
      if (thrown instanceof RepositoryNotFoundException) return { images: 0, needs: [], isWhole: true };
      unreadable += 1;
      inARow += 1;
      telemetry.error('repository not swept', { repository }, thrown);
      if (inARow === MOST_UNREADABLE) throw thrown;
      return 'unreadable';
    }
  }

  async function askFor({ needs }: RepositoryNeeds, after: SweepPosition['after']) {
    const inOrder = orderImages(
      needs.map(({ image, need }) => ({ digest: image.digest, image, need })),
      after,
    );
    let [left, last] = [0, after];
    for (const { image, need } of inOrder) {
      if (!(await outbox.ask(image, need))) left += 1;
      else if (left === 0) last = image.digest;
    }
    return { left, after: last };
  }
}
