import { gunzipSync, gzipSync } from 'node:zlib';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { CountersignError } from '../core/errors.ts';
import type { MetadataSet, VerifiedSet } from '../core/trust/tuf/metadata-set.ts';

/** Thrown where a set has no place in one DynamoDB item. */
export class RootStoreError extends CountersignError<'set-too-large'> {}

/** A DynamoDB item holds 400 KB with its keys. */
const LARGEST_ROW = 380 * 1024;
/** Most octets of a set that was decompressed. */
const LARGEST_SET = 8 * 1024 * 1024;

/** What is stored of one root. `revision` is what a writer has to have seen: whatever the row has there. */
export interface StoredRoot {
  readonly revision: unknown;
  readonly set: MetadataSet | 'unreadable';
}

/** The TUF metadata of refreshed roots, in the table of the verdicts: one item for each root, under a key that no image can have. */
export interface RootStore {
  read(names: readonly string[]): Promise<ReadonlyMap<string, StoredRoot>>;
  /** Stores a set in the place of the one that was read. False where another writer came first. */
  write(name: string, set: MetadataSet, verified: VerifiedSet, read: StoredRoot | undefined): Promise<boolean>;
}

const PREFIX = 'trusted root ';

const text = z.string().transform((value) => new Uint8Array(Buffer.from(value)));
const setShape = z.strictObject({
  roots: z.array(text),
  timestamp: text,
  snapshot: text,
  targets: text,
  target: text,
});

export function rootStore(dynamodb: DynamoDBDocumentClient, table: string): RootStore {
  return {
    async read(names) {
      const stored = new Map<string, StoredRoot>();
      let keys = names.map((name) => ({ image: `${PREFIX}${name}` }));
      for (let round = 0; keys.length > 0; round += 1) {
        if (round === 5) throw new CountersignError('throttled', 'DynamoDB left keys unprocessed five times');
        const answer = await dynamodb.send(
          new BatchGetCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
        );
        for (const item of answer.Responses?.[table] ?? []) {
          stored.set(String(item.image).slice(PREFIX.length), { revision: item.revision, set: unpack(item.metadata) });
        }
        keys = z.array(z.object({ image: z.string() })).parse(answer.UnprocessedKeys?.[table]?.Keys ?? []);
      }
      return stored;
    },

    async write(name, set, { versions, expiresAt }, read) {
      const metadata = pack(set);
      if (metadata.length > LARGEST_ROW) {
        throw new RootStoreError(
          'set-too-large',
          `the metadata of ${name} has ${metadata.length} octets: deploy a later initialRoot`,
        );
      }
      const seen = read?.revision;
      const revision = typeof seen === 'number' && Number.isSafeInteger(seen) ? seen + 1 : 1;
      // Not `expiresAt`: that would delete the row when its metadata ends.
      const Item = { image: `${PREFIX}${name}`, revision, versions, metadataEndsAt: expiresAt, metadata };
      const condition =
        seen === undefined
          ? { ConditionExpression: 'attribute_not_exists(revision)' }
          : { ConditionExpression: 'revision = :seen', ExpressionAttributeValues: { ':seen': seen } };
      try {
        await dynamodb.send(new PutCommand({ TableName: table, Item, ...condition }));
        return true;
      } catch (thrown) {
        if (thrown instanceof ConditionalCheckFailedException) return false;
        throw thrown;
      }
    },
  };
}

function pack({ roots, timestamp, snapshot, targets, target }: MetadataSet): Uint8Array {
  const read = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
  const set = {
    roots: roots.map(read),
    timestamp: read(timestamp),
    snapshot: read(snapshot),
    targets: read(targets),
    target: read(target),
  };
  return gzipSync(JSON.stringify(set), { level: 9 });
}

function unpack(metadata: unknown): MetadataSet | 'unreadable' {
  if (!(metadata instanceof Uint8Array)) return 'unreadable';
  try {
    return setShape.parse(JSON.parse(gunzipSync(metadata, { maxOutputLength: LARGEST_SET }).toString('utf8')));
  } catch {
    // Whatever it is, it is no set: whoever reads it tells so and goes on with what it had.
    return 'unreadable';
  }
}
