import { isDeepStrictEqual } from 'node:util';
import { isRepositoryGone } from '../aws/ecr-inventory.ts';
import type { Telemetry } from '../aws/function-frame.ts';
import type { Digest } from '../core/digest.ts';
import { orderRepositories, type SweepPosition, splitImages } from '../core/images/sweep-order.ts';
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
  const order = orderRepositories(names, from);
  const toSee = Math.min(from?.left ?? names.length, names.length);
  let [images, backlog, unreadable, inARow, seen, notedAt] = [0, 0, 0, 0, 0, budget.calls];
  let leftOff: SweepPosition | undefined;
  let noted = from;
  let hadTheirTurn: RepositoryNeeds['needs'] = [];
  for (const repository of order) {
    if (budget.isOver()) break;
    if (budget.calls >= notedAt + NOTE_EVERY) {
      await note(leftOff ?? describeStop(repository));
      notedAt = budget.calls;
    }
    const found = await read(repository);
    // The next run begins with it. Where this one did already, it is too large for any, and must not stand in the way of others.
    const isTooLarge = found !== 'unreadable' && !found.isWhole;
    if (isTooLarge && seen > 0) break;
    seen += 1;
    if (isTooLarge || found === 'unreadable') unreadable += 1;
    if (found === 'unreadable') continue;
    images += found.images;
    if (found.isWhole) parts.sightings.noteWhole(repository);
    const after = repository === from?.repository ? from.after : undefined;
    const { first, last } = splitImages(found.needs, after);
    await askFor(repository, first, after);
    if (last.length > 0) hadTheirTurn = last;
  }
  const cutShort = seen < names.length;
  if (!cutShort && from !== undefined) await askFor(from.repository, hadTheirTurn, undefined);
  else backlog += hadTheirTurn.length;
  const isRoundOver = seen >= toSee && unreadable === 0;
  const next = order[seen];
  await note(leftOff ?? (next === undefined ? undefined : describeStop(next)));
  return { images, backlog, unreadable, cutShort, isRoundOver };

  function describeStop(repository: string): SweepPosition {
    // A round in which one could not be read begins anew.
    return { repository, ...(seen < toSee && unreadable === 0 && { left: toSee - seen }) };
  }

  /** Nothing that waits in memory may lie before the position. */
  async function note(position: SweepPosition | undefined): Promise<void> {
    await outbox.flush();
    if (isDeepStrictEqual(position, noted)) return;
    noted = position;
    budget.noteCall();
    await parts.notePosition(position);
  }

  async function read(repository: string): Promise<RepositoryNeeds | 'unreadable'> {
    try {
      const found = await findNeeds({ ...parts.where, repository }, parts);
      inARow = 0;
      return found;
    } catch (thrown) {
      // Deleted since it was listed.
      if (isRepositoryGone(thrown)) return { images: 0, needs: [], isWhole: true };
      inARow += 1;
      telemetry.error('repository not swept', { repository }, thrown);
      if (inARow === MOST_UNREADABLE) throw thrown;
      return 'unreadable';
    }
  }

  async function askFor(repository: string, needs: RepositoryNeeds['needs'], from: Digest | undefined): Promise<void> {
    let after = from;
    for (const { image, need, digest } of needs) {
      if (await outbox.ask(image, need)) {
        after = digest;
        continue;
      }
      backlog += 1;
      leftOff ??= { repository, ...(after !== undefined && { after }) };
    }
  }
}
