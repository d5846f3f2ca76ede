import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ToldFault } from '../core/controls/compare-results.ts';
import type { ConfigResource } from '../core/controls/config-result.ts';
import type { KnownResource } from '../core/controls/take-result.ts';
import { digestOf, hexOf } from '../core/digest.ts';
import { CountersignError } from '../core/errors.ts';

/** Thrown where a row cannot be read. Nothing is decided on top of it. */
export class ResultStoreError extends CountersignError<'malformed-row' | 'too-long'> {}

/** How long a row without anything open is kept, seconds: longer than an event can wait in the queues and dead letters before it comes. */
const KEEP_CLOSED = 30 * 86_400;

const rule = z.object({ name: z.string(), arn: z.string() });
const row = z.object({
  revision: z.number().int().positive(),
  identity: z.object({ arn: z.string().optional(), name: z.string().optional() }),
  deletedAt: z.number().optional(),
  results: z.array(
    z.object({
      rule,
      identifier: z.string().optional(),
      compliance: z.enum(['COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE', 'INSUFFICIENT_DATA', 'none']),
      at: z.number(),
      openSince: z.number().optional(),
      told: z.boolean(),
    }),
  ),
});

const openRow = row.extend({
  about: z.object({ type: z.string(), id: z.string(), account: z.string(), region: z.string() }),
});
/** A page of DynamoDB is 1 MB, some 1,000 resources. */
const MOST_PAGES = 500;

/** What is known of each resource by results of Config, one DynamoDB item each. */
export interface ResultStore {
  read(resource: ConfigResource): Promise<KnownResource | undefined>;
  /** Stores what follows the revision before. False where another writer came first. */
  write(resource: ConfigResource, next: KnownResource): Promise<boolean>;
  /** The faults of all resources that are told, or about to be, and not over. Reads the whole table: for the sweep. */
  listOpen(): Promise<readonly ToldFault[]>;
}

export function resultStore(dynamodb: DynamoDBDocumentClient, table: string, clock: () => number): ResultStore {
  return {
    async read(resource) {
      const { Item } = await dynamodb.send(
        new GetCommand({ TableName: table, Key: { resource: keyOf(resource) }, ConsistentRead: true }),
      );
      if (Item === undefined) return undefined;
      const parsed = row.safeParse(Item);
      if (parsed.success) return parsed.data;
      throw new ResultStoreError('malformed-row', `the row of ${resource.type} ${resource.id.slice(0, 400)} is none`);
    },

    async write(resource, next) {
      const isOpen = next.results.some(({ openSince, told }) => openSince !== undefined || !told);
      const Item = {
        resource: keyOf(resource),
        about: { ...resource },
        ...withoutAbsent(next),
        identity: withoutAbsent(next.identity),
        results: next.results.map(withoutAbsent),
        ...(!isOpen && { expiresAt: Math.floor(clock() / 1000) + KEEP_CLOSED }),
      };
      const condition =
        next.revision === 1
          ? { ConditionExpression: 'attribute_not_exists(#key)', ExpressionAttributeNames: { '#key': 'resource' } }
          : {
              ConditionExpression: 'revision = :revision',
              ExpressionAttributeValues: { ':revision': next.revision - 1 },
            };
      try {
        await dynamodb.send(new PutCommand({ TableName: table, Item, ...condition }));
        return true;
      } catch (thrown) {
        if (thrown instanceof ConditionalCheckFailedException) return false;
        throw thrown;
      }
    },

    async listOpen() {
      const found: ToldFault[] = [];
      let from: Record<string, unknown> | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const answer = await dynamodb.send(
          new ScanCommand({
            TableName: table,
            // Rows without anything open leave by themselves.
            FilterExpression: 'attribute_not_exists(expiresAt)',
            ...(from !== undefined && { ExclusiveStartKey: from }),
          }),
        );
        for (const item of answer.Items ?? []) {
          const { about: resource, results } = openRow.parse(item);
          for (const { rule: of, at, openSince } of results) {
            if (openSince !== undefined) found.push({ rule: of, resource, at });
          }
        }
        from = answer.LastEvaluatedKey;
        if (from === undefined) return found;
      }
      throw new ResultStoreError('too-long', `the table of results has more than ${MOST_PAGES} pages`);
    },
  };
}

/** Ids are longer than a key of DynamoDB may be. */
function keyOf({ account, region, type, id }: ConfigResource): string {
  return hexOf(digestOf([account, region, type, id].join('\n')));
}

function withoutAbsent(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}
