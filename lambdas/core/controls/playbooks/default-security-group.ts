import { partitionOf } from '../../aws-names.ts';
import { securityGroupRule } from '../../ledger/calls/settings/security-group-rule.ts';
import { definePlaybook } from './define-playbook.ts';

/** The default group of a VPC, which is taken where nobody chose one: it has no rules. A group under another name is none of this playbook's. */
export const defaultSecurityGroup = definePlaybook(
  {
    rules: ['vpc-default-security-group-closed'],
    controls: ['EC2.2'],
    resourceType: 'AWS::EC2::SecurityGroup',
    setting: 'security-group-rule',
    target: 'each',
    only: 'default',
    nameOf: ({ account, region, id }) => `arn:${partitionOf(region)}:ec2:${region}:${account}:security-group/${id}`,
    decide: (content) => (content === null ? { is: 'right' } : { is: 'change', to: null }),
    effect: 'What has only this group can neither connect nor be reached any more.',
    inTemplate: 'a group of its own for each instance, since the default group is no resource of a template',
  },
  securityGroupRule,
);
