import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { readBucketTags } from './bucket-tags.ts';
import { isNamed, type SettingAdapter } from './setting-adapter.ts';

interface PublicAccess {
  readonly blockPublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly ignorePublicAcls: boolean;
  readonly restrictPublicBuckets: boolean;
}

/** With the expected owner, S3 refuses where the name belongs to a bucket of somebody else by now. */
export const bucketPublicAccessAdapter: SettingAdapter<PublicAccess> = {
  async read({ s3 }, { account, target }) {
    try {
      const input = { Bucket: target, ExpectedBucketOwner: account };
      const { PublicAccessBlockConfiguration: set = {} } = await s3.send(new GetPublicAccessBlockCommand(input));
      const { BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets } = set;
      return {
        is: 'set',
        content: {
          blockPublicAcls: BlockPublicAcls === true,
          blockPublicPolicy: BlockPublicPolicy === true,
          ignorePublicAcls: IgnorePublicAcls === true,
          restrictPublicBuckets: RestrictPublicBuckets === true,
        },
      };
    } catch (thrown) {
      if (isNamed(thrown, 'NoSuchPublicAccessBlockConfiguration')) return { is: 'set', content: null };
      if (isNamed(thrown, 'NoSuchBucket')) return { is: 'gone' };
      throw thrown;
    }
  },
  async write({ s3 }, { account, target }, { to }) {
    const bucket = { Bucket: target, ExpectedBucketOwner: account };
    if (to === null) {
      await s3.send(new DeletePublicAccessBlockCommand(bucket));
      return;
    }
    const PublicAccessBlockConfiguration = {
      BlockPublicAcls: to.blockPublicAcls,
      BlockPublicPolicy: to.blockPublicPolicy,
      IgnorePublicAcls: to.ignorePublicAcls,
      RestrictPublicBuckets: to.restrictPublicBuckets,
    };
    await s3.send(new PutPublicAccessBlockCommand({ ...bucket, PublicAccessBlockConfiguration }));
  },
  tags: ({ s3 }, subject) => readBucketTags(s3, subject),
  // "A conflicting conditional operation is currently in progress" (S3 API Reference, error responses).
  again: ['OperationAborted'],
};
