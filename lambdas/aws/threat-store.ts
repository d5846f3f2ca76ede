import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { KnownThreat } from '../core/threats/repeat.ts';

/** Repeats come for as long as GuardDuty keeps a finding, 90 days (GuardDuty User Guide), seconds. */
const KEEP = 90 * 86_400;
const row = z.object({
  updatedAt: z.number(),
  times: z.number(),
  target: z.object({ name: z.string(), uniqueId: z.string() }).optional(),
});

/** Which findings of GuardDuty were worked off, one DynamoDB item each. */
export interface ThreatStore {
  read(name: string): Promise<KnownThreat | undefined>;
  /** Notes a version. A newer one that is there stays. */
  note(name: string, version: KnownThreat): Promise<void>;
}

export function threatStore(dynamodb: DynamoDBDocumentClient, table: string, clock: () => number): ThreatStore {
  return {
    async read(name) {
      const { Item } = await dynamodb.send(
        new GetCommand({ TableName: table, Key: { threat: name }, ConsistentRead: true }),
      );
      if (Item === undefined) return undefined;
      const { updatedAt, times, target } = row.parse(Item);
      return { updatedAt, count: times, ...(target !== undefined && { target }) };
    },

    async note(name, { updatedAt, count, target }) {
      const expiresAt = Math.floor(clock() / 1000) + KEEP;
      try {
        await dynamodb.send(
          new PutCommand({
            TableName: table,
            Item: { threat: name, updatedAt, times: count, expiresAt, ...(target !== undefined && { target }) },
            ConditionExpression:
              'attribute_not_exists(threat) OR updatedAt < :updatedAt OR (updatedAt = :updatedAt AND times < :times)',
            ExpressionAttributeValues: { ':updatedAt': updatedAt, ':times': count },
          }),
        );
      } catch (thrown) {
        // Another run was there with this version or a newer one.
        if (!(thrown instanceof ConditionalCheckFailedException)) throw thrown;
      }
    },
  };
}
