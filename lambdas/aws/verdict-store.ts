import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { isDigest } from '../core/digest.ts';
import { CountersignError } from '../core/errors.ts';
import { type ImageName, keyOf, parseKey } from '../core/image-name.ts';
import { findDueTime } from '../core/images/sweep.ts';
import type { VerdictRecord } from '../core/images/verdict.ts';
import { type Evidence, evidenceSchema } from '../core/trust/evidence.ts';

/** Thrown where a row cannot be read as a verdict. Nothing is decided on top of it. */
export class VerdictStoreError extends CountersignError<'malformed-row'> {}

/** Partition of the index of what is due: it has one, since it is small and read in the order of time. */
const LOOK = 'look';

/** A DynamoDB item holds 400 KB; evidence beyond this is cut, oldest policy lines first to stay. */
const LARGEST_EVIDENCE = 256 * 1024;
/** How long the row of a deleted image stays, seconds. */
const KEEP_GONE = 90 * 86_400;

const row = z.object({
  image: z.string(),
  account: z.string(),
  region: z.string(),
  repository: z.string(),
  digest: z.string().refine(isDigest),
  state: z.enum(['pending', 'verified', 'unsigned', 'invalid', 'error', 'ignored', 'gone']),
  revision: z.number().int().positive(),
  publishedRevision: z.number().int().nonnegative(),
  findingUpdatedAt: z.number(),
  firstSeenAt: z.number(),
  graceEndsAt: z.number(),
  nextCheckAt: z.number().optional(),
  validUntil: z.number().optional(),
  attempts: z.number().int().nonnegative(),
  tags: z.array(z.string()),
  tagMoves: z.array(z.object({ tag: z.string(), from: z.string().refine(isDigest) })).optional(),
  manifest: z
    .object({ mediaType: z.string(), size: z.number().int().nonnegative(), artifactType: z.string().optional() })
    .optional(),
  plans: z
    .array(
      z.object({
        kind: z.enum(['containment', 'deletion']),
        id: z.string(),
        state: z.string(),
        mode: z.enum(['observe', 'approve', 'enforce']),
        planDigest: z.string(),
        head: z.string(),
        does: z.string(),
        reversible: z.boolean(),
        failure: z.string().optional(),
        failureCode: z.string().optional(),
        undoneBy: z.enum(['operator', 'rule']).optional(),
      }),
    )
    .optional(),
  policyHash: z.string(),
  policy: z.string().nullable(),
  evidence: z.string(),
  reasons: z.array(z.object({ code: z.string(), message: z.string() })),
  findingOpen: z.boolean(),
});

const evidenceList = z.array(evidenceSchema);

/** The verdicts, one DynamoDB item for each image. Writes are single-item and conditional: whoever read an older revision has to look again. */
export interface VerdictStore {
  read(image: ImageName): Promise<VerdictRecord | undefined>;
  /** Stores a record that follows `previous`. False where another writer came first. */
  write(record: VerdictRecord, previous: VerdictRecord | undefined): Promise<boolean>;
  /** Notes that the finding of this revision was handed on. Does nothing where a newer revision is there. */
  markPublished(record: VerdictRecord): Promise<void>;
  /** Reads up to 100 verdicts, as they are at this moment; absent ones are left out. */
  readMany(images: readonly ImageName[]): Promise<readonly VerdictRecord[]>;
  /** The images whose verdicts are due (`findDueTime`), the one that has been so for longest first, at most so many. What was written just now may be missing. */
  listDue(now: number, most: number): Promise<readonly ImageName[]>;
}

/** The index by which the due ones are found: keys only, and only of rows with a time. */
const DUE_INDEX = 'due';

export function verdictStore(dynamodb: DynamoDBDocumentClient, table: string): VerdictStore {
  return {
    async read(image) {
      const { Item } = await dynamodb.send(
        new GetCommand({ TableName: table, Key: { image: keyOf(image) }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : readRow(Item);
    },

    async write(record, previous) {
      const condition =
        previous === undefined
          ? { ConditionExpression: 'attribute_not_exists(image)' }
          : {
              ConditionExpression: 'revision = :revision',
              ExpressionAttributeValues: { ':revision': previous.revision },
            };
      return succeeds(dynamodb.send(new PutCommand({ TableName: table, Item: writeRow(record), ...condition })));
    },

    async markPublished(record) {
      await succeeds(
        dynamodb.send(
          new UpdateCommand({
            TableName: table,
            Key: { image: keyOf(record) },
            UpdateExpression: 'SET publishedRevision = :revision',
            ConditionExpression: 'revision = :revision',
            ExpressionAttributeValues: { ':revision': record.revision },
          }),
        ),
      );
    },

    async readMany(images) {
      const records: VerdictRecord[] = [];
      let keys = images.map((image) => ({ image: keyOf(image) }));
      for (let round = 0; keys.length > 0; round += 1) {
        if (round === 5) throw new CountersignError('throttled', 'DynamoDB left keys unprocessed five times');
        const answer = await dynamodb.send(
          new BatchGetCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
        );
        records.push(...(answer.Responses?.[table] ?? []).map((item) => readRow(item)));
        keys = z.array(z.object({ image: z.string() })).parse(answer.UnprocessedKeys?.[table]?.Keys ?? []);
      }
      return records;
    },

    async listDue(now, most) {
      // One page: 1 MB of keys is more than a run takes.
      const { Items = [] } = await dynamodb.send(
        new QueryCommand({
          TableName: table,
          IndexName: DUE_INDEX,
          KeyConditionExpression: '#due = :look AND #dueAt <= :now',
          ExpressionAttributeNames: { '#due': 'due', '#dueAt': 'dueAt' },
          ExpressionAttributeValues: { ':look': LOOK, ':now': now },
          Limit: most,
        }),
      );
      return Items.flatMap((item) => parseKey(String(item.image)) ?? []);
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

function writeRow(record: VerdictRecord): Record<string, unknown> {
  const { nextCheckAt, validUntil, tagMoves, plans, evidence, ...rest } = record;
  const dueAt = findDueTime(record);
  return {
    image: keyOf(record),
    ...rest,
    evidence: JSON.stringify(trimEvidence(evidence)),
    ...(nextCheckAt !== undefined && { nextCheckAt }),
    ...(validUntil !== undefined && { validUntil }),
    ...(dueAt !== undefined && { due: LOOK, dueAt }),
    ...(tagMoves !== undefined && { tagMoves }),
    ...(plans !== undefined && { plans }),
    ...(record.state === 'gone' && { expiresAt: Math.floor(record.findingUpdatedAt / 1000) + KEEP_GONE }),
  };
}

function trimEvidence(evidence: readonly Evidence[]): readonly Evidence[] {
  let kept = evidence;
  while (kept.length > 1 && Buffer.byteLength(JSON.stringify(kept)) > LARGEST_EVIDENCE) {
    kept = kept.slice(0, Math.ceil(kept.length / 2));
  }
  return kept;
}

function readRow(item: Record<string, unknown>): VerdictRecord {
  const parsed = row.safeParse(item);
  const evidence = parsed.success ? evidenceList.safeParse(parseJson(parsed.data.evidence)) : undefined;
  if (!parsed.success || !evidence?.success) {
    throw new VerdictStoreError('malformed-row', `the row ${String(item.image).slice(0, 400)} is not a verdict`);
  }
  const { image: _key, ...record } = parsed.data;
  return { ...record, evidence: evidence.data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is not evidence: the schema refuses undefined.
    return undefined;
  }
}
