import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Planted } from '../core/iam/heartbeat/judge-heartbeat.ts';

/** What was planted last: one row in the table of drift, under a key that no ARN is. Only the heartbeat writes it. */
export interface HeartbeatStore {
  read(): Promise<Planted | undefined>;
  write(planted: Planted): Promise<void>;
}

const KEY = { resource: 'heartbeat' };
const row = z.object({ name: z.string(), at: z.number(), missed: z.boolean() });

export function heartbeatStore(dynamodb: DynamoDBDocumentClient, table: string): HeartbeatStore {
  return {
    async read() {
      const { Item } = await dynamodb.send(new GetCommand({ TableName: table, Key: KEY, ConsistentRead: true }));
      return Item === undefined ? undefined : row.parse(Item);
    },
    async write(planted) {
      await dynamodb.send(new PutCommand({ TableName: table, Item: { ...KEY, ...planted } }));
    },
  };
}
