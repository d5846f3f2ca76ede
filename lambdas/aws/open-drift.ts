import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { CountersignError } from '../core/errors.ts';

/** A page of DynamoDB is 1 MB, some 1,000 rows. */
const MOST_PAGES = 500;
const row = z.object({
  resource: z.string(),
  state: z.enum(['drifted', 'undeclared', 'deleted', 'unreadable-baseline']),
  verdict: z.enum(['narrower', 'wider', 'incomparable', 'unknown']).optional(),
});
export type OpenDrift = Omit<z.infer<typeof row>, 'resource'>;

/** What is not as it was signed, by ARN, with its state and how it differs. Reads the whole table. */
export async function readOpenDrift(
  dynamodb: DynamoDBDocumentClient,
  table: string,
): Promise<ReadonlyMap<string, OpenDrift>> {
  const found = new Map<string, OpenDrift>();
  let from: Record<string, unknown> | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await dynamodb.send(
      new ScanCommand({
        TableName: table,
        ProjectionExpression: '#key, #state, verdict',
        FilterExpression: 'attribute_exists(revision) AND NOT #state IN (:covered, :gone)',
        ExpressionAttributeNames: { '#key': 'resource', '#state': 'state' },
        ExpressionAttributeValues: { ':covered': 'covered', ':gone': 'gone' },
        ...(from !== undefined && { ExclusiveStartKey: from }),
      }),
    );
    for (const item of answer.Items ?? []) {
      const { resource, ...drift } = row.parse(item);
      found.set(resource, drift);
    }
    from = answer.LastEvaluatedKey;
    if (from === undefined) return found;
  }
  throw new CountersignError('too-long', `the table of drift has more than ${MOST_PAGES} pages`);
}
