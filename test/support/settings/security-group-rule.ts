import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { SettingCase } from './setting-case.ts';

async function makeGroup(ec2: EC2Client): Promise<string> {
  const named = { GroupName: 'web', Description: 'web' };
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand(named));
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  return GroupId;
}

export const securityGroupRuleCase: SettingCase = {
  make: async ({ ec2 }) => `${await makeGroup(ec2)}/ingress/tcp/22/22/ipv4:0.0.0.0/0`,
  // A rule that comes back has another id, and all rules are listed in the order of their ids.
  readAll: async ({ ec2 }, target) => {
    const Filters = [{ Name: 'group-id', Values: [target.split('/')[0] ?? ''] }];
    const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
    return SecurityGroupRules.map(({ SecurityGroupRuleId: _id, ...rule }) => JSON.stringify(rule)).toSorted();
  },
  contents: [null, '{"description":"from home","tags":{"team":"shop"}}', '{"description":null,"tags":{}}'],
  missing: 'sg-0123456789abcdef0/ingress/tcp/22/22/ipv4:0.0.0.0/0',
};
