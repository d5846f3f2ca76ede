import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';

/** The repositories about whose tags a finding is open. */
export interface MovableTagsStore {
  read(): Promise<ReadonlySet<string>>;
  write(names: ReadonlySet<string>): Promise<void>;
}

const row = z.object({ repositories: z.array(z.string()) });

/** Names kept: an item holds 400 KB, a name up to 256 bytes. Those beyond are told of again every hour, which changes nothing but costs a call. */
const MOST = 1400;

/** One item in the table of the verdicts, under a key that no image can have. Only the sweep writes it, one run at a time. */
export function movableTagsStore(
  dynamodb: DynamoDBDocumentClient,
  table: string,
  { account, region }: { readonly account: string; readonly region: string },
): MovableTagsStore {
  const key = { image: `movable tags ${account}/${region}` };
  return {
    async read() {
      const { Item } = await dynamodb.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
      return new Set(Item === undefined ? [] : row.parse(Item).repositories);
    },
    async write(names) {
      const repositories = [...names].toSorted().slice(0, MOST);
      await dynamodb.send(new PutCommand({ TableName: table, Item: { ...key, repositories } }));
    },
  };
}
