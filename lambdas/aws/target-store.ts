import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { CountersignError } from '../core/errors.ts';
import { planFacts } from '../core/findings/plan-text.ts';
import type { ContainmentRecord } from '../core/threats/containment/record.ts';

/** Thrown where a row cannot be read as containment. Nothing is decided on top of it. */
export class TargetStoreError extends CountersignError<'malformed-row'> {}

/** A year: what was contained once is worth knowing when it happens again, seconds. */
const KEEP = 366 * 86_400;

const row = z.object({
  target: z.string(),
  account: z.string(),
  threats: z.array(
    z.object({
      id: z.string(),
      arn: z.string(),
      type: z.string(),
      severity: z.number(),
      updatedAt: z.number(),
      count: z.number(),
      isClosed: z.boolean(),
    }),
  ),
  plans: z.array(planFacts),
  hindrance: z.string().optional(),
  joined: z.array(z.string()),
  related: z.array(z.string()),
  firstSeenAt: z.number(),
  findingUpdatedAt: z.number(),
  revision: z.number().int().positive(),
  episode: z.number().int().positive(),
  since: z.number(),
  publishedRevision: z.number().int().nonnegative(),
});

/** Containment by target, one DynamoDB item each. Writes are conditional: whoever read an older revision has to look again. */
export interface TargetStore {
  read(target: string): Promise<ContainmentRecord | undefined>;
  /** Stores what follows `previous`. False where another writer came first. */
  write(next: ContainmentRecord, previous: ContainmentRecord | undefined): Promise<boolean>;
  /** Notes that the finding of this revision was handed on. Does nothing where a newer revision is there. */
  markPublished(record: ContainmentRecord): Promise<void>;
}

/** `table` is that of the threats, whose names no ARN is. */
export function targetStore(dynamodb: DynamoDBDocumentClient, table: string): TargetStore {
  return {
    async read(target) {
      const { Item } = await dynamodb.send(
        new GetCommand({ TableName: table, Key: { threat: target }, ConsistentRead: true }),
      );
      if (Item === undefined) return undefined;
      const parsed = row.safeParse(Item);
      if (parsed.success) return parsed.data;
      throw new TargetStoreError('malformed-row', `the row of ${target.slice(0, 400)} is no containment`);
    },

    write(next, previous) {
      const expiresAt = Math.floor(next.findingUpdatedAt / 1000) + KEEP;
      const all = Object.entries({ threat: next.target, ...next, expiresAt });
      const Item = Object.fromEntries(all.filter(([, value]) => value !== undefined));
      const condition =
        previous === undefined
          ? { ConditionExpression: 'attribute_not_exists(threat)' }
          : {
              ConditionExpression: 'revision = :revision',
              ExpressionAttributeValues: { ':revision': previous.revision },
            };
      return succeeds(dynamodb.send(new PutCommand({ TableName: table, Item, ...condition })));
    },

    async markPublished({ target, revision }) {
      await succeeds(
        dynamodb.send(
          new UpdateCommand({
            TableName: table,
            Key: { threat: target },
            UpdateExpression: 'SET publishedRevision = :revision',
            ConditionExpression: 'revision = :revision',
            ExpressionAttributeValues: { ':revision': revision },
          }),
        ),
      );
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
