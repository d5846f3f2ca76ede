import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { isDigest } from '../core/digest.ts';
import { CountersignError } from '../core/errors.ts';
import { planFacts } from '../core/findings/plan-text.ts';
import type { KnownBaseline } from '../core/iam/baseline/verify-baseline.ts';
import type { DriftRecord } from '../core/iam/drift/lifecycle.ts';

/** Thrown where a row cannot be read as drift. Nothing is decided on top of it. */
export class DriftStoreError extends CountersignError<'malformed-row' | 'too-long'> {}

/** A page of DynamoDB is 1 MB, some 1,000 rows. */
const MOST_PAGES = 500;

/** How long the row of what is gone stays, seconds. */
const KEEP_GONE = 90 * 86_400;

const record = z.object({
  account: z.string(),
  resource: z.string(),
  state: z.enum(['covered', 'drifted', 'undeclared', 'deleted', 'unreadable-baseline', 'gone']),
  verdict: z.enum(['narrower', 'wider', 'incomparable', 'unknown']).optional(),
  deviations: z.array(z.string()),
  paths: z.array(z.string()),
  actor: z.string().optional(),
  actors: z.array(z.string()).optional(),
  protection: z.string().optional(),
  passwordSetAt: z.number().optional(),
  plans: z.array(planFacts),
  firstSeenAt: z.number(),
  findingUpdatedAt: z.number(),
  revision: z.number().int().positive(),
  episode: z.number().int().positive(),
  publishedRevision: z.number().int().nonnegative(),
});

/** Drift by resource, one DynamoDB item each. Writes are conditional: whoever read an older revision has to look again. */
export interface DriftStore {
  read(resource: string): Promise<DriftRecord | undefined>;
  /** Stores what follows `previous`. False where another writer came first. */
  write(next: DriftRecord, previous: DriftRecord | undefined): Promise<boolean>;
  /** Notes that the finding of this revision was handed on. Does nothing where a newer revision is there. */
  markPublished(record: DriftRecord): Promise<void>;
  /** The resources whose drift is not over, or whose finding does not say so yet. Reads the whole table: for the sweep. */
  listOpen(): Promise<readonly string[]>;
  /** The newest baseline of the resource that was ever accepted. */
  readKnown(resource: string): Promise<KnownBaseline | undefined>;
  /** Notes a baseline that was accepted. A newer one that is there stays. */
  remember(resource: string, known: KnownBaseline): Promise<void>;
}

export function driftStore(dynamodb: DynamoDBDocumentClient, table: string): DriftStore {
  const keyOf = (resource: string) => ({ resource });
  return {
    async read(resource) {
      const { Item } = await dynamodb.send(
        new GetCommand({ TableName: table, Key: keyOf(resource), ConsistentRead: true }),
      );
      if (Item === undefined) return undefined;
      const parsed = record.safeParse(Item);
      if (parsed.success) return parsed.data;
      throw new DriftStoreError('malformed-row', `the row of ${resource.slice(0, 400)} is not drift`);
    },

    async write(next, previous) {
      const { details: _details, ...kept } = next;
      const condition =
        previous === undefined
          ? { ConditionExpression: 'attribute_not_exists(#key)', ExpressionAttributeNames: { '#key': 'resource' } }
          : {
              ConditionExpression: 'revision = :revision',
              ExpressionAttributeValues: { ':revision': previous.revision },
            };
      const ending = next.state === 'gone' ? { expiresAt: Math.floor(next.findingUpdatedAt / 1000) + KEEP_GONE } : {};
      const Item = Object.fromEntries(
        Object.entries({ ...kept, ...ending }).filter(([, value]) => value !== undefined),
      );
      return succeeds(dynamodb.send(new PutCommand({ TableName: table, Item, ...condition })));
    },

    async markPublished({ resource, revision }) {
      await succeeds(
        dynamodb.send(
          new UpdateCommand({
            TableName: table,
            Key: keyOf(resource),
            UpdateExpression: 'SET publishedRevision = :revision',
            ConditionExpression: 'revision = :revision',
            ExpressionAttributeValues: { ':revision': revision },
          }),
        ),
      );
    },

    async listOpen() {
      const found: string[] = [];
      let from: Record<string, unknown> | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const answer = await dynamodb.send(
          new ScanCommand({
            TableName: table,
            ProjectionExpression: '#key',
            FilterExpression:
              'attribute_exists(revision) AND (NOT #state IN (:covered, :gone) OR publishedRevision < revision)',
            ExpressionAttributeNames: { '#key': 'resource', '#state': 'state' },
            ExpressionAttributeValues: { ':covered': 'covered', ':gone': 'gone' },
            ...(from !== undefined && { ExclusiveStartKey: from }),
          }),
        );
        found.push(...(answer.Items ?? []).map((item) => String(item.resource)));
        from = answer.LastEvaluatedKey;
        if (from === undefined) return found;
      }
      throw new DriftStoreError('too-long', `the table of drift has more than ${MOST_PAGES} pages`);
    },

    async readKnown(resource) {
      const { Item } = await dynamodb.send(
        new GetCommand({ TableName: table, Key: keyOf(acceptedOf(resource)), ConsistentRead: true }),
      );
      if (Item === undefined) return undefined;
      const parsed = known.safeParse(Item);
      if (parsed.success) return parsed.data;
      throw new DriftStoreError('malformed-row', `the accepted baseline of ${resource.slice(0, 400)} cannot be read`);
    },

    async remember(resource, { version, digest }) {
      await succeeds(
        dynamodb.send(
          new PutCommand({
            TableName: table,
            Item: { resource: acceptedOf(resource), version, digest },
            ConditionExpression: 'attribute_not_exists(#key) OR version < :version',
            ExpressionAttributeNames: { '#key': 'resource' },
            ExpressionAttributeValues: { ':version': version },
          }),
        ),
      );
    },
  };
}

/** The row beside that of the resource; no ARN begins so. */
function acceptedOf(resource: string): string {
  return `accepted baseline ${resource}`;
}

const known = z.object({ version: z.number().int().positive(), digest: z.string().refine(isDigest) });

async function succeeds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (thrown) {
    if (thrown instanceof ConditionalCheckFailedException) return false;
    throw thrown;
  }
}
