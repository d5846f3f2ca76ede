import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { CountersignError } from '../core/errors.ts';
import type { SweepMark } from '../core/sweep-mark.ts';

/** The row of the table of drift that holds it; no ARN begins so. */
const KEY = { resource: 'last sweep' };
/** A DynamoDB item holds 400 KB. What does not fit is not noted: then nothing is said to be as it was signed. */
const LARGEST = 300 * 1024;
const arns = z.array(z.string());
const mark = z.object({ startedAt: z.number(), wanted: arns, leftOut: arns, unread: arns });

/** What the last sweep of IAM found, one row in the table of drift. */
export interface SweepMarkStore {
  read(): Promise<SweepMark | undefined>;
  /** Notes the end of a sweep. That of a later one stays. */
  note(mark: SweepMark): Promise<void>;
}

export function sweepMarkStore(dynamodb: DynamoDBDocumentClient, table: string): SweepMarkStore {
  return {
    async read() {
      const { Item } = await dynamodb.send(new GetCommand({ TableName: table, Key: KEY, ConsistentRead: true }));
      if (Item === undefined || Item.isTooLarge === true) return undefined;
      const parsed = mark.safeParse(Item);
      if (parsed.success) return parsed.data;
      throw new CountersignError('malformed-row', 'the row of the last sweep cannot be read');
    },
    async note({ startedAt, wanted, leftOut, unread }) {
      const found = { wanted: [...wanted], leftOut: [...leftOut], unread: [...unread] };
      const isTooLarge = Buffer.byteLength(JSON.stringify(found)) > LARGEST;
      const Item = { ...KEY, startedAt, ...(isTooLarge ? { isTooLarge } : found) };
      try {
        await dynamodb.send(
          new PutCommand({
            TableName: table,
            Item,
            ConditionExpression: 'attribute_not_exists(startedAt) OR startedAt < :startedAt',
            ExpressionAttributeValues: { ':startedAt': startedAt },
          }),
        );
      } catch (thrown) {
        if (!(thrown instanceof ConditionalCheckFailedException)) throw thrown;
      }
    },
  };
}
