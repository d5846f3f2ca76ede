import { z } from 'zod';
import { canonicalize } from '../../../canonical-json.ts';
import { defineSetting } from './define-setting.ts';

/** Characters of a policy of a bucket (S3 User Guide, "Bucket policies"). */
export const LONGEST_BUCKET_POLICY = 20_480;

/** The policy of a bucket, as a whole. */
export const bucketPolicy = defineSetting({
  target: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  content: z
    .record(z.string().min(1).max(64), z.json())
    .refine((policy) => 'Statement' in policy, 'a policy has statements')
    .refine((policy) => canonicalize(policy).length <= LONGEST_BUCKET_POLICY, 'longer than a policy can be'),
  canBeAbsent: true,
  actions: ['s3:DeleteBucketPolicy', 's3:PutBucketPolicy'],
  actionFor: (to) => (to === null ? 's3:DeleteBucketPolicy' : 's3:PutBucketPolicy'),
  describe: (target, to) =>
    to === null ? `take the policy from bucket ${target}` : `set the policy of bucket ${target}`,
  essence: (policy) => withoutOrder(policy),
});

/** Every list of a policy is a set, and S3 may give one of a single item as that item (IAM User Guide, "IAM JSON policy grammar"). */
function withoutOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(withoutOrder);
    if (items.length === 1) return items[0];
    return items.toSorted((one, other) => (canonicalize(one) < canonicalize(other) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutOrder(member)]));
}
