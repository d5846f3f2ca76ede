import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { isDigest } from '../core/digest.ts';
import type { SweepPosition } from '../core/images/sweep-order.ts';

const row = z.object({
  repository: z.string(),
  after: z.string().refine(isDigest).optional(),
  left: z.number().int().positive().optional(),
});

export interface SweepPositionStore {
  /** Undefined where the last run came to the end. A row that cannot be read is none: the sweep then begins at the beginning, which loses nothing. */
  read(): Promise<SweepPosition | undefined>;
  write(position: SweepPosition | undefined): Promise<void>;
}

/** One item in the table of the verdicts, under a key that no image can have. Only the sweep writes it; two runs at once do the same work twice, no more. */
export function sweepPositionStore(
  dynamodb: DynamoDBDocumentClient,
  table: string,
  { account, region }: { readonly account: string; readonly region: string },
): SweepPositionStore {
  const key = { image: `sweep position ${account}/${region}` };
  return {
    async read() {
      const { Item } = await dynamodb.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
      return row.safeParse(Item).data;
    },
    async write(position) {
      const { repository, after, left } = position ?? {};
      const Item = {
        ...key,
        ...(repository !== undefined && { repository }),
        ...(after !== undefined && { after }),
        ...(left !== undefined && { left }),
      };
      await dynamodb.send(new PutCommand({ TableName: table, Item }));
    },
  };
}
