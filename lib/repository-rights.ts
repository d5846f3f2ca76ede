import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
// Not part of the index of cdk-nag, but the one place that knows how it spells an ARN in the id of a rule.
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { ServiceFunction } from './service-function.ts';

/**
 * Rights to read all ECR repositories of this account and region. The trust policy says which are verified; the right to read is for all of
 * them, because a repository that is made tomorrow must not wait for a deployment.
 */
export function allowEveryRepository(reader: ServiceFunction, actions: readonly string[]): void {
  const everyRepository = Stack.of(reader).formatArn({ service: 'ecr', resource: 'repository', resourceName: '*' });
  reader.allow(new PolicyStatement({ actions: [...actions], resources: [everyRepository] }));
  Validations.of(reader.role).acknowledge({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::${flattenCfnReference(Stack.of(reader).resolve(everyRepository))}]`,
    reason:
      'Reading rights for every repository of this account and region: any of them may be named in the trust policy, also one that is made later.',
  });
}
