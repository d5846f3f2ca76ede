import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { CountersignError } from '../core/errors.ts';
import { CHECK_TITLES, type CheckId } from '../core/iam/checks/check.ts';
import type { ToldCheck } from '../core/iam/checks/told-checks.ts';

/** The checks about which a finding is open, one row each in the table of drift, under keys that no ARN begins with. Only the sweep writes them. */
export interface ToldChecksStore {
  list(): Promise<readonly ToldCheck[]>;
  write(told: ToldCheck): Promise<void>;
  remove(told: ToldCheck): Promise<void>;
}

const PREFIX = 'told check ';
/** A page of DynamoDB is 1 MB. */
const MOST_PAGES = 500;
const row = z.object({
  check: z.string().refine((text): text is CheckId => Object.hasOwn(CHECK_TITLES, text)),
  of: z.string(),
  digest: z.string(),
  firstSeenAt: z.number(),
});

export function toldChecksStore(dynamodb: DynamoDBDocumentClient, table: string): ToldChecksStore {
  const keyOf = ({ check, resource }: ToldCheck) => ({ resource: `${PREFIX}${check} ${resource}` });
  return {
    async list() {
      const found: ToldCheck[] = [];
      let from: Record<string, unknown> | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const answer = await dynamodb.send(
          new ScanCommand({
            TableName: table,
            FilterExpression: 'begins_with(#key, :prefix)',
            ExpressionAttributeNames: { '#key': 'resource' },
            ExpressionAttributeValues: { ':prefix': PREFIX },
            ...(from !== undefined && { ExclusiveStartKey: from }),
          }),
        );
        for (const item of answer.Items ?? []) {
          const { of, ...told } = row.parse(item);
          found.push({ ...told, resource: of });
        }
        from = answer.LastEvaluatedKey;
        if (from === undefined) return found;
      }
      throw new CountersignError('too-long', `the table of drift has more than ${MOST_PAGES} pages`);
    },
    async write(told) {
      const { resource, ...rest } = told;
      await dynamodb.send(new PutCommand({ TableName: table, Item: { ...keyOf(told), ...rest, of: resource } }));
    },
    async remove(told) {
      await dynamodb.send(new DeleteCommand({ TableName: table, Key: keyOf(told) }));
    },
  };
}
