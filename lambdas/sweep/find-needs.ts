import { listImages } from '../aws/ecr-inventory.ts';
import type { DelayedRecheck } from '../aws/queues.ts';
import type { VerdictStore } from '../aws/verdict-store.ts';
import type { Clients } from '../aws/wiring.ts';
import type { Digest } from '../core/digest.ts';
import type { ImageName } from '../core/image-name.ts';
import { findArchivedNeed, findAttachmentNeed, findNeed, type Need, type SweepTime } from '../core/images/sweep.ts';
import type { RunBudget } from './run-budget.ts';
import type { Sightings } from './sightings.ts';

export interface NeedParts {
  readonly ecr: Clients['ecr'];
  readonly verdicts: Pick<VerdictStore, 'readMany'>;
  readonly budget: RunBudget;
  readonly sightings: Sightings;
  readonly at: () => SweepTime;
}

/** What a repository holds that needs a look, and how many images it has. */
export interface RepositoryNeeds {
  readonly images: number;
  /** Whether all of it was seen before the budget ended. */
  readonly isWhole: boolean;
  readonly needs: readonly {
    readonly digest: Digest;
    readonly image: DelayedRecheck['image'];
    readonly need: Need;
  }[];
}

/** Compares a repository with the verdicts: one DescribeImages call for 100 images, one BatchGetItem call for 100 verdicts. Stops where the budget ends. */
export async function findNeeds(
  repository: Omit<ImageName, 'digest'>,
  { ecr, verdicts, budget, sightings, at }: NeedParts,
): Promise<RepositoryNeeds> {
  const needs: RepositoryNeeds['needs'][number][] = [];
  let images = 0;
  for await (const page of listImages(ecr, repository)) {
    budget.noteCall();
    const listed = [...page.images, ...page.attachments, ...page.archived];
    if (listed.length > 0) budget.noteCall();
    const records = listed.length > 0 ? await verdicts.readMany(listed) : [];
    const known = new Map(records.map((record) => [record.digest, record]));
    for (const record of records) if (record.findingOpen) sightings.noteOpen(record);
    const time = at();
    const add = (image: DelayedRecheck['image'], need: Need | undefined) => {
      if (need !== undefined) needs.push({ digest: image.digest, image, need });
    };
    for (const image of page.images) add(image, findNeed(known.get(image.digest), time));
    for (const image of page.attachments) add(image, findAttachmentNeed(known.get(image.digest), image.pushedAt, time));
    for (const image of page.archived) add(image, findArchivedNeed(known.get(image.digest), time));
    images += page.images.length;
    if (!page.isLast && budget.isOver()) return { images, needs, isWhole: false };
  }
  return { images, needs, isWhole: true };
}
