import {
  GetBucketVersioningCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { CountersignError } from '../core/errors.ts';
import { nameBaseline, nameBaselines, readBaselineName } from '../core/iam/baseline/name-baseline.ts';
import { LARGEST_FILE } from '../core/iam/baseline/signed-lines.ts';

/** `unreadable`: nothing is known about the baseline, so nothing may be changed. `conflict`: somebody else wrote meanwhile. `not-versioned`: the bucket would lose former baselines. */
export class BaselineStoreError extends CountersignError<'unreadable' | 'conflict' | 'not-versioned'> {}

/** What the bucket has for one ARN; `tag` says which version of it, for a conditional write. */
export interface StoredBaseline {
  readonly text: string;
  readonly tag: string;
}

/** 1,000 objects each. An account has at most some 20,000 principals and policies. */
const MOST_PAGES = 100;

/** The versioned bucket of signed baselines: one object for each principal and policy, of signed statements, one to a line. */
export class BaselineStore {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  /** Throws BaselineStoreError `not-versioned` where the bucket keeps no former versions. */
  async checkVersioning(): Promise<void> {
    const { Status } = await this.#s3.send(new GetBucketVersioningCommand({ Bucket: this.#bucket }));
    if (Status !== 'Enabled') {
      throw new BaselineStoreError('not-versioned', `the bucket ${this.#bucket} keeps no former versions`);
    }
  }

  /** The object of an ARN; undefined where there is none. Throws BaselineStoreError `unreadable` for anything else, an object beyond all bounds included. */
  async read(arn: string): Promise<StoredBaseline | undefined> {
    try {
      const answer = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: nameBaseline(arn) }));
      if (answer.ContentLength === undefined || answer.ContentLength > LARGEST_FILE || answer.ETag === undefined) {
        throw new BaselineStoreError('unreadable', `the baseline of ${arn} is beyond all bounds`);
      }
      return { text: (await answer.Body?.transformToString()) ?? '', tag: answer.ETag };
    } catch (cause) {
      if (cause instanceof NoSuchKey) return undefined;
      if (cause instanceof BaselineStoreError) throw cause;
      throw new BaselineStoreError('unreadable', `the baseline of ${arn} cannot be read`, { cause });
    }
  }

  /** What there are baselines of, as ARNs without their paths. Objects that are no baseline are left out. Throws BaselineStoreError `unreadable` where there are too many to be baselines. */
  async list(account: string, partition: string): Promise<readonly string[]> {
    const found: string[] = [];
    let from: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer = await this.#s3.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: nameBaselines(account), ContinuationToken: from }),
      );
      found.push(...(answer.Contents ?? []).flatMap(({ Key = '' }) => readBaselineName(Key, partition) ?? []));
      from = answer.NextContinuationToken;
      if (from === undefined) return found;
    }
    throw new BaselineStoreError('unreadable', `the bucket ${this.#bucket} lists more than ${MOST_PAGES} pages`);
  }

  /** Writes where nobody wrote since `former` was read. Throws BaselineStoreError `conflict` otherwise. */
  async write(arn: string, text: string, former: StoredBaseline | undefined): Promise<void> {
    const condition = former === undefined ? { IfNoneMatch: '*' } : { IfMatch: former.tag };
    try {
      await this.#s3.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key: nameBaseline(arn),
          Body: text,
          ContentType: 'application/jsonl',
          ...condition,
        }),
      );
    } catch (cause) {
      // 412: another object is there; 409: another write is under way (S3 User Guide, "Conditional writes"); 404: it was deleted.
      const status = cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined;
      if (status === 412 || status === 409 || cause instanceof NoSuchKey) {
        throw new BaselineStoreError('conflict', `somebody else wrote the baseline of ${arn} meanwhile`, { cause });
      }
      throw cause;
    }
  }
}
