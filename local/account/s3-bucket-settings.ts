import {
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  type PublicAccessBlockConfiguration,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutPublicAccessBlockCommand,
  S3ServiceException,
  type Tag,
} from '@aws-sdk/client-s3';
import { answers } from './answer.ts';
import type { AccountContext } from './context.ts';

/** What is set on one bucket beside its objects. */
export interface BucketSettings {
  policy?: string | undefined;
  tags?: readonly Tag[] | undefined;
  publicAccess?: Required<PublicAccessBlockConfiguration> | undefined;
}

/** Settings of buckets. `settingsOf` throws where there is no such bucket. */
export function bucketSettingOperations(context: AccountContext, settingsOf: (bucket?: string) => BucketSettings) {
  const owned = (bucket: string | undefined, owner: string | undefined): BucketSettings => {
    const settings = settingsOf(bucket);
    if (owner !== undefined && owner !== context.id) throw s3Fault('AccessDenied', 'Access Denied', 403);
    return settings;
  };
  return [
    answers(PutBucketTaggingCommand, ({ Bucket, Tagging }) => {
      settingsOf(Bucket).tags = Tagging?.TagSet ?? [];
      return {};
    }),
    answers(GetBucketTaggingCommand, ({ Bucket, ExpectedBucketOwner }) => {
      const { tags } = owned(Bucket, ExpectedBucketOwner);
      if (tags === undefined) throw s3Fault('NoSuchTagSet', 'The TagSet does not exist', 404);
      return { TagSet: [...tags] };
    }),
    answers(GetBucketPolicyCommand, ({ Bucket, ExpectedBucketOwner }) => {
      const { policy } = owned(Bucket, ExpectedBucketOwner);
      if (policy === undefined) throw s3Fault('NoSuchBucketPolicy', 'The bucket policy does not exist', 404);
      return { Policy: policy };
    }),
    answers(PutBucketPolicyCommand, ({ Bucket, ExpectedBucketOwner, Policy = '' }) => {
      const settings = owned(Bucket, ExpectedBucketOwner);
      if (Policy.length > 20_480) throw s3Fault('PolicyTooLarge', 'Policy is too large', 400);
      settings.policy = Policy;
      return {};
    }),
    answers(DeleteBucketPolicyCommand, ({ Bucket, ExpectedBucketOwner }) => {
      owned(Bucket, ExpectedBucketOwner).policy = undefined;
      return {};
    }),
    answers(GetPublicAccessBlockCommand, ({ Bucket, ExpectedBucketOwner }) => {
      const { publicAccess } = owned(Bucket, ExpectedBucketOwner);
      if (publicAccess === undefined) {
        const message = 'The public access block configuration was not found';
        throw s3Fault('NoSuchPublicAccessBlockConfiguration', message, 404);
      }
      return { PublicAccessBlockConfiguration: { ...publicAccess } };
    }),
    answers(PutPublicAccessBlockCommand, ({ Bucket, ExpectedBucketOwner, PublicAccessBlockConfiguration: set }) => {
      // Switches that are left out are off (S3 API Reference, PublicAccessBlockConfiguration).
      owned(Bucket, ExpectedBucketOwner).publicAccess = {
        BlockPublicAcls: set?.BlockPublicAcls === true,
        BlockPublicPolicy: set?.BlockPublicPolicy === true,
        IgnorePublicAcls: set?.IgnorePublicAcls === true,
        RestrictPublicBuckets: set?.RestrictPublicBuckets === true,
      };
      return {};
    }),
    answers(DeletePublicAccessBlockCommand, ({ Bucket, ExpectedBucketOwner }) => {
      owned(Bucket, ExpectedBucketOwner).publicAccess = undefined;
      return {};
    }),
  ];
}

/** An error of S3 that has no class of its own. */
export function s3Fault(name: string, message: string, httpStatusCode: number): S3ServiceException {
  return new S3ServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode } });
}
