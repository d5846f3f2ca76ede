import { GetBucketTaggingCommand, type S3Client } from '@aws-sdk/client-s3';
import { isNamed, readTagList, type Subject } from './setting-adapter.ts';

/** The tags of a bucket. */
export async function readBucketTags(
  s3: S3Client,
  { account, id }: Subject,
): Promise<Readonly<Record<string, string>>> {
  try {
    const input = { Bucket: id, ExpectedBucketOwner: account };
    return readTagList((await s3.send(new GetBucketTaggingCommand(input))).TagSet);
  } catch (thrown) {
    if (isNamed(thrown, 'NoSuchTagSet')) return {};
    throw thrown;
  }
}
