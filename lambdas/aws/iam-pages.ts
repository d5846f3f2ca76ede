import { CountersignError } from '../core/errors.ts';

/** A principal has 20 policies and 10 groups at most: what has more pages is no answer of IAM. */
const MOST_PAGES = 10;

/** All pages of a list of IAM. Throws beyond ten. */
export async function readPages<Page extends { IsTruncated?: boolean | undefined; Marker?: string | undefined }, Item>(
  read: (marker: string | undefined) => Promise<Page>,
  take: (page: Page) => readonly Item[],
): Promise<readonly Item[]> {
  const found: Item[] = [];
  let marker: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await read(marker);
    found.push(...take(answer));
    if (answer.IsTruncated !== true) return found;
    marker = answer.Marker;
  }
  throw new CountersignError('too-many-pages', `IAM answered more than ${MOST_PAGES} pages`);
}
