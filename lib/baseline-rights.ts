import { Aws, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { ServiceFunction } from './service-function.ts';

/** Rights to read the signed baselines, and to tell one that is missing from one that is denied (S3 API Reference, GetObject). Nobody of the service may write them. */
export function allowBaselineReads(reader: ServiceFunction, bucket: string): void {
  const bucketArn = `arn:${Aws.PARTITION}:s3:::${bucket}`;
  const objects = `${bucketArn}/baselines/*`;
  reader.allow(
    new PolicyStatement({ actions: ['s3:GetObject'], resources: [objects] }),
    new PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [bucketArn],
      conditions: { StringLike: { 's3:prefix': 'baselines/*' } },
    }),
  );
  Validations.of(reader.role).acknowledge({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::${flattenCfnReference(Stack.of(reader).resolve(objects))}]`,
    reason: 'Each principal has an object of its own below this prefix, also those that are made later.',
  });
}
