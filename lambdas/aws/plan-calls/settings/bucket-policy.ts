import { DeleteBucketPolicyCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import type { z } from 'zod';
import type { bucketPolicy } from '../../../core/ledger/calls/settings/bucket-policy.ts';
import { readBucketTags } from './bucket-tags.ts';
import { isNamed, type SettingAdapter } from './setting-adapter.ts';

/** With the expected owner, S3 refuses where the name belongs to a bucket of somebody else by now. */
export const bucketPolicyAdapter: SettingAdapter<z.infer<typeof bucketPolicy.content>> = {
  async read({ s3 }, { account, target }) {
    try {
      const input = { Bucket: target, ExpectedBucketOwner: account };
      const { Policy = '' } = await s3.send(new GetBucketPolicyCommand(input));
      return { is: 'set', content: JSON.parse(Policy) };
    } catch (thrown) {
      if (isNamed(thrown, 'NoSuchBucketPolicy')) return { is: 'set', content: null };
      if (isNamed(thrown, 'NoSuchBucket')) return { is: 'gone' };
      if (thrown instanceof SyntaxError) return { is: 'foreign', why: 'is no JSON' };
      throw thrown;
    }
  },
  async write({ s3 }, { account, target }, { to }) {
    const bucket = { Bucket: target, ExpectedBucketOwner: account };
    await (to === null
      ? s3.send(new DeleteBucketPolicyCommand(bucket))
      : s3.send(new PutBucketPolicyCommand({ ...bucket, Policy: JSON.stringify(to) })));
  },
  tags: ({ s3 }, subject) => readBucketTags(s3, subject),
  // "A conflicting conditional operation is currently in progress" (S3 API Reference, error responses).
  again: ['OperationAborted'],
};
