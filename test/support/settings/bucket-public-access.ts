import { CreateBucketCommand, GetPublicAccessBlockCommand } from '@aws-sdk/client-s3';
import type { SettingCase } from './setting-case.ts';

const allowing = {
  blockPublicAcls: false,
  blockPublicPolicy: false,
  ignorePublicAcls: false,
  restrictPublicBuckets: false,
};

export const bucketPublicAccessCase: SettingCase = {
  async make({ s3 }) {
    for (const Bucket of ['reports', 'reports-other']) await s3.send(new CreateBucketCommand({ Bucket }));
    return 'reports';
  },
  readAll: ({ s3 }) =>
    Promise.all(
      ['reports', 'reports-other'].map((Bucket) =>
        s3.send(new GetPublicAccessBlockCommand({ Bucket })).then(
          ({ PublicAccessBlockConfiguration }) => PublicAccessBlockConfiguration,
          (thrown: unknown) => String(thrown),
        ),
      ),
    ),
  contents: [
    null,
    JSON.stringify({
      ...allowing,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    }),
    JSON.stringify({ ...allowing, ignorePublicAcls: true }),
    JSON.stringify(allowing),
  ],
  missing: 'no-such-bucket',
};
