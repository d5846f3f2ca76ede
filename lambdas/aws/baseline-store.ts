import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import { CountersignError } from '../core/errors.ts';
import { baselineKeyOf } from '../core/iam/baseline/object-key.ts';

/** Bytes of the statements about one ARN. A state of IAM is below 100 kB, and some of them stand beside each other. */
const LARGEST = 1_048_576;

/**
 * The signed statements about one ARN, as they were published; undefined where there are none. Nothing is believed of them here. Throws where they cannot be
 * read, `too-large` beyond 1 MiB. Without the right to list the bucket S3 says "denied" for what is missing (S3 API Reference, GetObject).
 */
export async function readBaselineText(s3: S3Client, bucket: string, arn: string): Promise<string | undefined> {
  const Key = baselineKeyOf(arn);
  if (Key === undefined) return undefined;
  try {
    const { Body, ContentLength = 0 } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    if (ContentLength > LARGEST) throw new CountersignError('too-large', `the baseline of ${arn} is larger than 1 MiB`);
    return (await Body?.transformToString('utf8')) ?? '';
  } catch (thrown) {
    if (thrown instanceof NoSuchKey) return undefined;
    throw thrown;
  }
}
