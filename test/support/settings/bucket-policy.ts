import { CreateBucketCommand, GetBucketPolicyCommand } from '@aws-sdk/client-s3';
import { canonicalize } from '../../../lambdas/core/canonical-json.ts';
import type { SettingCase } from './setting-case.ts';

const allow = (Action: string | string[]) => ({
  ...{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::999999999999:root' }, Action },
  Resource: 'arn:aws:s3:::papers/*',
});

export const bucketPolicyCase: SettingCase = {
  async make({ s3 }) {
    for (const Bucket of ['papers', 'papers-other']) await s3.send(new CreateBucketCommand({ Bucket }));
    return 'papers';
  },
  readAll: ({ s3 }) =>
    Promise.all(
      ['papers', 'papers-other'].map((Bucket) =>
        s3.send(new GetBucketPolicyCommand({ Bucket })).then(
          ({ Policy = '' }) => JSON.parse(Policy),
          (thrown: unknown) => String(thrown),
        ),
      ),
    ),
  contents: [
    null,
    canonicalize({ Version: '2012-10-17', Statement: [allow('s3:GetObject')] }),
    canonicalize({ Version: '2012-10-17', Statement: [allow(['s3:PutObject', 's3:GetObject']), allow('s3:*')] }),
  ],
  missing: 'no-such-bucket',
};
