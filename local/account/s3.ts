import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  BucketAlreadyOwnedByYou,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchBucket,
  NoSuchKey,
  NotFound,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { answers, type LocalService, refusal } from './answer.ts';
import { type AccountContext, newId } from './context.ts';
import { EmbeddedAccountError } from './errors.ts';
import { pageOf } from './paging.ts';
import { type BucketSettings, bucketSettingOperations, s3Fault } from './s3-bucket-settings.ts';

interface StoredVersion {
  readonly id: string;
  readonly bytes: Buffer;
  readonly etag: string;
  readonly at: number;
  readonly contentType: string | undefined;
  /** A delete marker, which hides what was before. */
  readonly deleted: boolean;
}

interface StoredBucket {
  versioned: boolean;
  readonly settings: BucketSettings;
  /** By key, the newest last. */
  readonly objects: Map<string, StoredVersion[]>;
}

/** Amazon S3: buckets with versions, and conditional writes. Bodies are text or bytes; there are no multipart uploads. */
export function createS3(context: AccountContext): LocalService {
  const buckets = new Map<string, StoredBucket>();
  const bucketOf = (name = '') => {
    const bucket = buckets.get(name);
    if (bucket === undefined) throw refusal(NoSuchBucket, 'The specified bucket does not exist', 404);
    return bucket;
  };
  const currentOf = (bucket: StoredBucket, key = '') => {
    const newest = bucket.objects.get(key)?.at(-1);
    return newest?.deleted ? undefined : newest;
  };
  const versionOf = (bucket: StoredBucket, key = '', id?: string) =>
    id === undefined
      ? currentOf(bucket, key)
      : bucket.objects.get(key)?.find((version) => version.id === id && !version.deleted);
  const add = (bucket: StoredBucket, key: string, version: Omit<StoredVersion, 'id' | 'at'>) => {
    const stored = { ...version, id: bucket.versioned ? newId(context) : 'null', at: context.clock.now() };
    const former = bucket.versioned ? (bucket.objects.get(key) ?? []) : [];
    bucket.objects.set(key, [...former, stored]);
    return stored;
  };
  const describe = (version: StoredVersion) => ({
    ETag: version.etag,
    ContentLength: version.bytes.length,
    LastModified: new Date(version.at),
    ...(version.contentType !== undefined && { ContentType: version.contentType }),
    ...(version.id !== 'null' && { VersionId: version.id }),
  });
  const operations = [
    answers(CreateBucketCommand, ({ Bucket = '' }) => {
      if (buckets.has(Bucket)) throw refusal(BucketAlreadyOwnedByYou, 'Your previous request succeeded', 409);
      buckets.set(Bucket, { versioned: false, settings: {}, objects: new Map() });
      return { Location: `/${Bucket}` };
    }),
    answers(PutBucketVersioningCommand, ({ Bucket, VersioningConfiguration }) => {
      bucketOf(Bucket).versioned = VersioningConfiguration?.Status === 'Enabled';
      return {};
    }),
    answers(GetBucketVersioningCommand, ({ Bucket }) =>
      bucketOf(Bucket).versioned ? { Status: 'Enabled' as const } : {},
    ),
    answers(PutObjectCommand, ({ Bucket, Key = '', Body, ContentType, IfMatch, IfNoneMatch }) => {
      const bucket = bucketOf(Bucket);
      const current = currentOf(bucket, Key);
      if (IfMatch !== undefined && current === undefined)
        throw refusal(NoSuchKey, 'The specified key does not exist.', 404);
      if ((IfNoneMatch === '*' && current !== undefined) || (IfMatch !== undefined && current?.etag !== IfMatch)) {
        throw s3Fault('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
      }
      const bytes = readBody(Body);
      const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
      const { id } = add(bucket, Key, { bytes, etag, contentType: ContentType, deleted: false });
      return { ETag: etag, ...(id !== 'null' && { VersionId: id }) };
    }),
    answers(GetObjectCommand, ({ Bucket, Key, VersionId }) => {
      const version = versionOf(bucketOf(Bucket), Key, VersionId);
      if (version === undefined) throw refusal(NoSuchKey, 'The specified key does not exist.', 404);
      return { ...describe(version), Body: streamOf(version.bytes) };
    }),
    answers(HeadObjectCommand, ({ Bucket, Key, VersionId }) => {
      const version = versionOf(bucketOf(Bucket), Key, VersionId);
      if (version === undefined) throw refusal(NotFound, 'NotFound', 404);
      return describe(version);
    }),
    answers(DeleteObjectCommand, ({ Bucket, Key = '', VersionId }) => {
      const bucket = bucketOf(Bucket);
      if (VersionId !== undefined) {
        bucket.objects.set(
          Key,
          (bucket.objects.get(Key) ?? []).filter(({ id }) => id !== VersionId),
        );
        return {};
      }
      if (!bucket.versioned) bucket.objects.delete(Key);
      else add(bucket, Key, { bytes: Buffer.alloc(0), etag: '', contentType: undefined, deleted: true });
      return bucket.versioned ? { DeleteMarker: true } : {};
    }),
    answers(ListObjectsV2Command, ({ Bucket, Prefix = '', MaxKeys = 1000, ContinuationToken }) => {
      const bucket = bucketOf(Bucket);
      const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(Prefix) && currentOf(bucket, key));
      const page = pageOf(keys, (key) => key, MaxKeys, ContinuationToken);
      if (page === undefined) throw s3Fault('InvalidArgument', 'The continuation token provided is incorrect', 400);
      const Contents = page.items.map((Key) => {
        const version = currentOf(bucket, Key);
        return { Key, Size: version?.bytes.length ?? 0, ETag: version?.etag ?? '' };
      });
      return {
        Contents,
        KeyCount: Contents.length,
        IsTruncated: page.nextToken !== undefined,
        ...(page.nextToken !== undefined && { NextContinuationToken: page.nextToken }),
      };
    }),
    ...bucketSettingOperations(context, (bucket) => bucketOf(bucket).settings),
  ];
  return {
    name: 's3',
    operations: new Map(operations),
    throttled: () => s3Fault('SlowDown', 'Please reduce your request rate.', 503),
  };
}

function readBody(body: unknown): Buffer {
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body);
  throw new EmbeddedAccountError('unsupported-input', 'the embedded S3 takes text and bytes only');
}

function streamOf(bytes: Buffer): NonNullable<GetObjectCommandOutput['Body']> {
  const stream = Readable.from([bytes]);
  return Object.assign(stream, {
    transformToByteArray: async () => new Uint8Array(bytes),
    transformToString: async (encoding?: string) =>
      encoding === 'base64' ? bytes.toString('base64') : bytes.toString('utf8'),
    transformToWebStream: () => new Blob([new Uint8Array(bytes)]).stream(),
  });
}
