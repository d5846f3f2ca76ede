import type { AttributeValue, KeysAndAttributes, QueryCommandInput, ScanCommandInput } from '@aws-sdk/client-dynamodb';
import { type AccountContext, happens } from './context.ts';
import { holds, project } from './dynamodb-evaluate.ts';
import type { Path } from './dynamodb-expression.ts';
import { Request } from './dynamodb-request.ts';
import type { Table } from './dynamodb-table.ts';
import { canonicalOf, type Item, normalizeItem, validationError } from './dynamodb-values.ts';

const MOST_BATCH_KEYS = 100;

/** A copy of an item, or of the parts of it that a projection names. */
export function projected(item: Item, paths: readonly Path[] | undefined): Item {
  return paths === undefined ? structuredClone(item) : project(item, paths);
}

/** Which items a page is made of. */
export interface PageOf {
  readonly partition: AttributeValue | undefined;
  readonly accepts: (item: Item) => boolean;
  readonly backward: boolean;
}

/** One page of Query or Scan: limit first, then filter (DynamoDB developer guide, "Filter expressions for the Query operation"). */
export function readPage(table: Table, request: Request, input: QueryCommandInput | ScanCommandInput, of: PageOf) {
  const filter = request.parse('FilterExpression', input.FilterExpression)?.parseCondition();
  const projection = request.projection(input.ProjectionExpression);
  request.checkComplete();
  if (input.Limit !== undefined && input.Limit < 1) throw validationError('Limit must be greater than or equal to 1');
  if (input.IndexName !== undefined && input.ConsistentRead === true) {
    throw validationError('Consistent reads are not supported on global secondary indexes');
  }
  const page = table.page({
    ...of,
    index: input.IndexName,
    startAfter: input.ExclusiveStartKey === undefined ? undefined : normalizeItem(input.ExclusiveStartKey),
    limit: input.Limit ?? Number.POSITIVE_INFINITY,
  });
  const found = page.items.filter((item) => filter === undefined || holds(filter, item));
  return {
    ...(input.Select !== 'COUNT' && { Items: found.map((item) => projected(item, projection)) }),
    Count: found.length,
    ScannedCount: page.items.length,
    ...(page.lastKey !== undefined && { LastEvaluatedKey: structuredClone(page.lastKey) }),
  };
}

/** Up to 100 keys. What throttling hits is handed back as unprocessed, as long as one key was read. */
export function batchGet(
  context: AccountContext,
  find: (name: string) => Table,
  requests: Record<string, KeysAndAttributes>,
) {
  const count = Object.values(requests).reduce((sum, { Keys }) => sum + (Keys?.length ?? 0), 0);
  if (count < 1 || count > MOST_BATCH_KEYS) {
    throw validationError(`Too many items requested for the BatchGetItem call: 1 to ${MOST_BATCH_KEYS}`);
  }
  const Responses: Record<string, Item[]> = {};
  const UnprocessedKeys: Record<string, KeysAndAttributes> = {};
  let read = 0;
  for (const [name, asked] of Object.entries(requests)) {
    const table = find(name);
    const request = new Request(asked);
    const projection = request.projection(asked.ProjectionExpression);
    request.checkComplete();
    const keys = (asked.Keys ?? []).map((key) => normalizeItem(key));
    if (new Set(keys.map((key) => canonicalOf({ M: key }))).size < keys.length) {
      throw validationError('Provided list of item keys contains duplicates');
    }
    const unprocessed = keys.filter((_key, place) => read + place > 0 && happens(context, context.faults.throttleRate));
    const items = keys.filter((key) => !unprocessed.includes(key)).map((key) => table.get(key));
    read += items.length;
    Responses[name] = items.filter((item) => item !== undefined).map((item) => projected(item, projection));
    if (unprocessed.length > 0) UnprocessedKeys[name] = { ...asked, Keys: unprocessed };
  }
  return { Responses, UnprocessedKeys };
}
