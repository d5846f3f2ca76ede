import { partitionOf } from '../../aws-names.ts';
import { parseRuleName, securityGroupRule } from '../../ledger/calls/settings/security-group-rule.ts';
import { definePlaybook } from './define-playbook.ts';

const EVERYBODY = new Set(['0.0.0.0/0', '::/0']);
/** What a website needs. The controls of Security Hub take the same two as authorised (EC2.18). */
const WEB = new Set([80, 443]);

/** A security group that lets everybody in: the rules that do so go, but for a website's own ports. */
export const securityGroupOpen = definePlaybook(
  {
    rules: ['restricted-ssh', 'restricted-common-ports', 'vpc-sg-open-only-to-authorized-ports'],
    controls: ['EC2.13', 'EC2.14', 'EC2.18', 'EC2.19'],
    resourceType: 'AWS::EC2::SecurityGroup',
    setting: 'security-group-rule',
    target: 'each',
    nameOf: ({ account, region, id }) => `arn:${partitionOf(region)}:ec2:${region}:${account}:security-group/${id}`,
    decide(content, target) {
      const rule = parseRuleName(target);
      if (content === null || rule?.direction !== 'ingress' || !EVERYBODY.has(rule.peer.name)) return { is: 'right' };
      const isWeb = rule.protocol === 'tcp' && rule.fromPort === rule.toPort && WEB.has(rule.fromPort);
      return isWeb ? { is: 'right' } : { is: 'change', to: null };
    },
    effect: 'Whoever connects from an address that no other rule allows cannot any more.',
    inTemplate: 'SecurityGroupIngress with the addresses that need it in place of 0.0.0.0/0 and ::/0',
  },
  securityGroupRule,
);
