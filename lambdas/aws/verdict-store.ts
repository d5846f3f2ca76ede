import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { CountersignError } from '../core/errors.ts';
import { type ImageName, keyOf, parseKey } from '../core/image-name.ts';
import type { VerdictRecord } from '../core/images/verdict.ts';
import { LOOK, OPEN, readRow, writeRow } from './verdict-row.ts';

/** The verdicts, one DynamoDB item for each image. Writes are single-item and conditional: whoever read an older revision has to look again. */
export interface VerdictStore {
  read(image: ImageName): Promise<VerdictRecord | undefined>;
  /** Stores a record that follows `previous`. False where another writer came first. */
  write(record: VerdictRecord, previous: VerdictRecord | undefined): Promise<boolean>;
  /** Notes that the finding of this revision was handed on. Does nothing where a newer revision is there. */
  markPublished(record: VerdictRecord): Promise<void>;
  /** Reads up to 100 verdicts, as they are at this moment; absent ones are left out. */
  readMany(images: readonly ImageName[]): Promise<readonly VerdictRecord[]>;
  /** The images whose verdicts are due (`findDueTime`), the one that has been so for longest first, at most so many. What was written just now may be missing. */
  listDue(now: number, most: number): Promise<readonly ImageName[]>;
  /** The other images whose finding is open, page by page, the one that was told longest ago first. What was written just now may be missing. */
  listOpen(): AsyncIterable<readonly ImageName[]>;
}

/** A page of keys is 1 MB, some 6,000 images. */
const MOST_PAGES = 50;

/** The index by which the due ones are found: keys only, and only of rows with a time. */
const DUE_INDEX = 'due';

export function verdictStore(dynamodb: DynamoDBDocumentClient, table: string): VerdictStore {
  return {
    async read(image) {
      const { Item } = await dynamodb.send(
        new GetCommand({ TableName: table, Key: { image: keyOf(image) }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : readRow(Item);
    },

    async write(record, previous) {
      const condition =
        previous === undefined
          ? { ConditionExpression: 'attribute_not_exists(image)' }
          : {
              ConditionExpression: 'revision = :revision',
              ExpressionAttributeValues: { ':revision': previous.revision },
            };
      return succeeds(dynamodb.send(new PutCommand({ TableName: table, Item: writeRow(record), ...condition })));
    },

    async markPublished(record) {
      await succeeds(
        dynamodb.send(
          new UpdateCommand({
            TableName: table,
            Key: { image: keyOf(record) },
            UpdateExpression: 'SET publishedRevision = :revision',
            ConditionExpression: 'revision = :revision',
            ExpressionAttributeValues: { ':revision': record.revision },
          }),
        ),
      );
    },

    async readMany(images) {
      const records: VerdictRecord[] = [];
      let keys = images.map((image) => ({ image: keyOf(image) }));
      for (let round = 0; keys.length > 0; round += 1) {
        if (round === 5) throw new CountersignError('throttled', 'DynamoDB left keys unprocessed five times');
        const answer = await dynamodb.send(
          new BatchGetCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
        );
        records.push(...(answer.Responses?.[table] ?? []).map((item) => readRow(item)));
        keys = z.array(z.object({ image: z.string() })).parse(answer.UnprocessedKeys?.[table]?.Keys ?? []);
      }
      return records;
    },

    async listDue(now, most) {
      // One page: 1 MB of keys is more than a run takes.
      const { Items = [] } = await dynamodb.send(
        new QueryCommand({
          TableName: table,
          IndexName: DUE_INDEX,
          KeyConditionExpression: '#due = :look AND #dueAt <= :now',
          ExpressionAttributeNames: { '#due': 'due', '#dueAt': 'dueAt' },
          ExpressionAttributeValues: { ':look': LOOK, ':now': now },
          Limit: most,
        }),
      );
      return Items.flatMap(readKey);
    },

    async *listOpen() {
      let from: Record<string, unknown> | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const { Items = [], LastEvaluatedKey } = await dynamodb.send(
          new QueryCommand({
            TableName: table,
            IndexName: DUE_INDEX,
            KeyConditionExpression: '#due = :open',
            ExpressionAttributeNames: { '#due': 'due' },
            ExpressionAttributeValues: { ':open': OPEN },
            ...(from !== undefined && { ExclusiveStartKey: from }),
          }),
        );
        yield Items.flatMap(readKey);
        if (LastEvaluatedKey === undefined) return;
        from = LastEvaluatedKey;
      }
    },
  };
}

async function succeeds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (thrown) {
    if (thrown instanceof ConditionalCheckFailedException) return false;
    throw thrown;
  }
}

function readKey(item: Record<string, unknown>): readonly ImageName[] {
  const image = parseKey(String(item.image));
  return image === undefined ? [] : [image];
}
