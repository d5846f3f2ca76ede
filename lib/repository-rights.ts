import { Stack, Validations } from 'aws-cdk-lib';
import { CfnPullTimeUpdateExclusion } from 'aws-cdk-lib/aws-ecr';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
// Not part of the index of cdk-nag, but the one place that knows how it spells an ARN in the id of a rule.
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { ServiceFunction } from './service-function.ts';

/**
 * Rights on all ECR repositories of this account and region. The trust policy says which are verified; the right is for all of them, because a repository that is made tomorrow must not wait for a deployment.
 */
export function allowEveryRepository(reader: ServiceFunction, actions: readonly string[]): void {
  const everyRepository = Stack.of(reader).formatArn({ service: 'ecr', resource: 'repository', resourceName: '*' });
  reader.allow(new PolicyStatement({ actions: [...actions], resources: [everyRepository] }));
  Validations.of(reader.role).acknowledge({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::${flattenCfnReference(Stack.of(reader).resolve(everyRepository))}]`,
    reason:
      'Rights on every repository of this account and region: any of them may be named in the trust policy, also one that is made later.',
  });
}

/**
 * Rights to read the images of all repositories. ECR takes each read of a manifest for a pull and notes its time; the role is excluded from that, since an image
 * would else look used because it was verified, to the quarantine and to every lifecycle rule (ECR User Guide, pull-time update exclusions).
 */
export function allowReadingImages(reader: ServiceFunction, others: readonly string[] = []): void {
  // ListImageReferrers has no action of its own: it asks for ecr:BatchGetImage (ECR API reference, ListImageReferrers).
  allowEveryRepository(reader, ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', ...others]);
  new CfnPullTimeUpdateExclusion(reader, 'PullTimes', { principalArn: reader.role.roleArn });
}
