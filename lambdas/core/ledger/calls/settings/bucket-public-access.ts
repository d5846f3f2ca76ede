import { z } from 'zod';
import { defineSetting } from './define-setting.ts';

/** The four switches of S3 Block Public Access on a bucket (S3 API Reference, PublicAccessBlockConfiguration). Without any of its own a bucket has none on. */
export const bucketPublicAccess = defineSetting({
  /** Name of the bucket (S3 User Guide, "Bucket naming rules"). */
  target: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  content: z.strictObject({
    blockPublicAcls: z.boolean(),
    blockPublicPolicy: z.boolean(),
    ignorePublicAcls: z.boolean(),
    restrictPublicBuckets: z.boolean(),
  }),
  canBeAbsent: true,
  actions: ['s3:DeletePublicAccessBlock', 's3:PutPublicAccessBlock'],
  actionFor: (to) => (to === null ? 's3:DeletePublicAccessBlock' : 's3:PutPublicAccessBlock'),
  describe(target, to) {
    if (to === null) return `take the block of public access from bucket ${target}`;
    const on = Object.values(to).filter((isOn) => isOn).length;
    return on === 4
      ? `block all public access to bucket ${target}`
      : `set the block of public access of bucket ${target} to ${on} of its 4 switches`;
  },
});
