import { InvalidInputException } from '@aws-sdk/client-iam';
import { refusal } from './answer.ts';
import { pageOf } from './paging.ts';

interface Paged {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** One page in IAM's own words: a marker only where there is more. Throws InvalidInput for a marker that IAM did not give. */
export function takePage<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string,
  { Marker, MaxItems = 100 }: Paged,
): { readonly items: Item[]; readonly rest: { readonly IsTruncated: boolean; readonly Marker?: string } } {
  if (!Number.isInteger(MaxItems) || MaxItems < 1 || MaxItems > 1000) {
    throw refusal(InvalidInputException, 'MaxItems must be between 1 and 1000.');
  }
  const page = pageOf(items, keyOf, MaxItems, Marker);
  if (page === undefined) throw refusal(InvalidInputException, 'Invalid Marker.');
  return {
    items: page.items,
    rest: {
      IsTruncated: page.nextToken !== undefined,
      ...(page.nextToken !== undefined && { Marker: page.nextToken }),
    },
  };
}
