import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ImageStanding } from '../core/controls/evaluations/judge-repositories.ts';
import { CountersignError } from '../core/errors.ts';

/** A page of DynamoDB is 1 MB, some hundred verdicts with their evidence. */
const MOST_PAGES = 2000;
const row = z.object({
  account: z.string(),
  region: z.string(),
  repository: z.string(),
  state: z.enum(['pending', 'verified', 'unsigned', 'invalid', 'error', 'ignored', 'gone']),
  policyHash: z.string(),
  validUntil: z.number().optional(),
});

export interface StandingsRequest {
  readonly account: string;
  readonly region: string;
  /** Of the configuration that is deployed. */
  readonly policyHash: string;
  readonly now: number;
}

/** The verdict of every image of one account and region, page by page. Reads the whole table. */
export async function* listStandings(
  dynamodb: DynamoDBDocumentClient,
  table: string,
  { account, region, policyHash, now }: StandingsRequest,
): AsyncIterable<ImageStanding> {
  let from: Record<string, unknown> | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await dynamodb.send(
      new ScanCommand({
        TableName: table,
        // Rows of other kinds have no revision.
        FilterExpression: 'attribute_exists(revision) AND account = :account AND #region = :region',
        ProjectionExpression: 'account, #region, repository, #state, policyHash, validUntil',
        ExpressionAttributeNames: { '#region': 'region', '#state': 'state' },
        ExpressionAttributeValues: { ':account': account, ':region': region },
        ...(from !== undefined && { ExclusiveStartKey: from }),
      }),
    );
    for (const item of answer.Items ?? []) {
      const { repository, state, ...read } = row.parse(item);
      const isCurrent = read.policyHash === policyHash && (read.validUntil ?? Number.POSITIVE_INFINITY) > now;
      yield { repository, state, isCurrent };
    }
    from = answer.LastEvaluatedKey;
    if (from === undefined) return;
  }
  throw new CountersignError('too-long', `the table of verdicts has more than ${MOST_PAGES} pages`);
}
