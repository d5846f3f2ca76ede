import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import { answers, type Operation } from './answer.ts';
import type { AccountContext } from './context.ts';
import { ec2Fault } from './ec2-fault.ts';
import { pageOf } from './paging.ts';

/** Rules of one group in one direction (VPC User Guide, "Amazon VPC quotas"). */
const MOST_RULES = 60;

interface Group {
  readonly id: string;
  readonly name: string;
  rules: SecurityGroupRule[];
}

/** Security groups. A rule is there once, whatever its description: authorising it again is refused, and so is revoking one that is not there. */
export function securityGroupOperations(
  context: AccountContext,
  newId: (prefix: string) => string,
  tags: Map<string, Readonly<Record<string, string>>>,
): [string, Operation][] {
  const groups = new Map<string, Group>();
  const groupOf = (id = ''): Group => {
    const found = groups.get(id);
    if (found === undefined) throw ec2Fault('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
    return found;
  };
  const authorize = (
    id: string | undefined,
    IsEgress: boolean,
    permissions: readonly IpPermission[] = [],
    specifications: readonly TagSpecification[] = [],
  ) => {
    const group = groupOf(id);
    const Tags = specifications.find(({ ResourceType }) => ResourceType === 'security-group-rule')?.Tags ?? [];
    const added = permissions.flatMap((one) => takeApart(one, group.id, IsEgress, context.id));
    for (const rule of added) {
      if (group.rules.some((other) => nameOf(other) === nameOf(rule))) {
        throw ec2Fault('InvalidPermission.Duplicate', 'the specified rule already exists');
      }
    }
    if (group.rules.filter((rule) => rule.IsEgress === IsEgress).length + added.length > MOST_RULES) {
      throw ec2Fault(
        'RulesPerSecurityGroupLimitExceeded',
        'The maximum number of rules per security group has been reached.',
      );
    }
    group.rules.push(...added.map((rule) => ({ ...rule, SecurityGroupRuleId: newId('sgr'), Tags })));
    return { Return: true };
  };
  const revoke = (id: string | undefined, IsEgress: boolean, permissions: readonly IpPermission[] = []) => {
    const group = groupOf(id);
    const names = permissions.flatMap((one) => takeApart(one, group.id, IsEgress, context.id)).map(nameOf);
    const missing = names.find((name) => !group.rules.some((rule) => nameOf(rule) === name));
    if (missing !== undefined)
      throw ec2Fault('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
    group.rules = group.rules.filter((rule) => !names.includes(nameOf(rule)));
    return { Return: true };
  };
  return [
    answers(CreateSecurityGroupCommand, ({ GroupName = '', TagSpecifications = [] }) => {
      const id = newId('sg');
      groups.set(id, { id, name: GroupName, rules: [] });
      const given = TagSpecifications.flatMap(({ Tags = [] }) => Tags);
      tags.set(id, Object.fromEntries(given.map(({ Key = '', Value = '' }) => [Key, Value])));
      authorize(id, true, [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]);
      return { GroupId: id };
    }),
    answers(DescribeSecurityGroupsCommand, ({ GroupIds = [] }) => ({
      SecurityGroups: GroupIds.map(groupOf).map(({ id, name }) => ({
        GroupId: id,
        GroupName: name,
        OwnerId: context.id,
      })),
    })),
    answers(DescribeSecurityGroupRulesCommand, ({ Filters = [], MaxResults = 1000, NextToken }) => {
      const ids = Filters.find(({ Name }) => Name === 'group-id')?.Values ?? [];
      const all = ids.flatMap((id) => groups.get(id)?.rules ?? []);
      const page = pageOf(all, ({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId, MaxResults, NextToken);
      if (page === undefined) throw ec2Fault('InvalidParameterValue', 'the token is not valid');
      return {
        SecurityGroupRules: [...page.items],
        ...(page.nextToken !== undefined && { NextToken: page.nextToken }),
      };
    }),
    answers(AuthorizeSecurityGroupIngressCommand, ({ GroupId, IpPermissions, TagSpecifications }) =>
      authorize(GroupId, false, IpPermissions, TagSpecifications),
    ),
    answers(AuthorizeSecurityGroupEgressCommand, ({ GroupId, IpPermissions, TagSpecifications }) =>
      authorize(GroupId, true, IpPermissions, TagSpecifications),
    ),
    answers(RevokeSecurityGroupIngressCommand, ({ GroupId, IpPermissions }) => revoke(GroupId, false, IpPermissions)),
    answers(RevokeSecurityGroupEgressCommand, ({ GroupId, IpPermissions }) => revoke(GroupId, true, IpPermissions)),
  ];
}

/** The rules that one permission stands for: one for each peer (EC2 API Reference, IpPermission). */
function takeApart(one: IpPermission, GroupId: string, IsEgress: boolean, owner: string): SecurityGroupRule[] {
  const { IpProtocol, FromPort = -1, ToPort = -1 } = one;
  const rule = { GroupId, GroupOwnerId: owner, IsEgress, IpProtocol, FromPort, ToPort };
  return [
    ...(one.IpRanges ?? []).map(({ CidrIp, Description }) => ({ ...rule, CidrIpv4: CidrIp, Description })),
    ...(one.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => ({ ...rule, CidrIpv6, Description })),
    ...(one.PrefixListIds ?? []).map(({ PrefixListId, Description }) => ({ ...rule, PrefixListId, Description })),
    ...(one.UserIdGroupPairs ?? []).map((pair) => ({
      ...rule,
      ReferencedGroupInfo: { GroupId: pair.GroupId, UserId: pair.UserId ?? owner },
      Description: pair.Description,
    })),
  ];
}

function nameOf({
  IsEgress,
  IpProtocol,
  FromPort,
  ToPort,
  CidrIpv4,
  CidrIpv6,
  PrefixListId,
  ReferencedGroupInfo,
}: SecurityGroupRule): string {
  const { GroupId, UserId } = ReferencedGroupInfo ?? {};
  return JSON.stringify([IsEgress, IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId, GroupId, UserId]);
}
