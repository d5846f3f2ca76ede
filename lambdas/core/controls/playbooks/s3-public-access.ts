import { partitionOf } from '../../aws-names.ts';
import { bucketPublicAccess } from '../../ledger/calls/settings/bucket-public-access.ts';
import { definePlaybook } from './define-playbook.ts';

const ALL_ON = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };

/** A bucket that can be public: all four switches of its own are turned on. That the account has them on does not count, since anybody may turn those off. */
export const s3PublicAccess = definePlaybook(
  {
    rules: [
      's3-bucket-level-public-access-prohibited',
      's3-bucket-public-read-prohibited',
      's3-bucket-public-write-prohibited',
    ],
    controls: ['S3.2', 'S3.3', 'S3.8'],
    resourceType: 'AWS::S3::Bucket',
    setting: 'bucket-public-access',
    target: ({ id }) => id,
    nameOf: ({ region, id }) => `arn:${partitionOf(region)}:s3:::${id}`,
    decide: (content) =>
      content !== null && Object.values(content).every((isOn) => isOn) ? { is: 'right' } : { is: 'change', to: ALL_ON },
    effect:
      'Whoever reads or writes it anonymously or by a public policy, such as visitors of a website, cannot any more.',
    inTemplate:
      'PublicAccessBlockConfiguration with BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls and RestrictPublicBuckets true',
  },
  bucketPublicAccess,
);
