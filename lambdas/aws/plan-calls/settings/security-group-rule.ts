import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { type NamedRule, nameRule, parseRuleName } from '../../../core/ledger/calls/settings/security-group-rule.ts';
import { readTagsOf } from './ec2-tags.ts';
import { isNamed, readTagList, type SettingAdapter, type SettingItem } from './setting-adapter.ts';

interface RuleContent {
  readonly description: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** A group has at most 1000 rules in all (VPC User Guide, "Amazon VPC quotas"). */
const MOST_PAGES = 5;

export const securityGroupRuleAdapter: SettingAdapter<RuleContent> = {
  async read({ ec2 }, { account, target }) {
    const { group = '' } = parseRuleName(target) ?? {};
    const rules = await listRules(ec2, group, account);
    const found = rules.find((one) => one.target === target);
    if (found !== undefined) return { is: 'set', content: found.content };
    return (await findGroup(ec2, group)) === undefined ? { is: 'gone' } : { is: 'set', content: null };
  },
  async write({ ec2 }, { target }, { to }) {
    const rule = parseRuleName(target);
    if (rule === undefined) throw new TypeError('no name of a rule');
    const permission = describePermission(rule, to?.description ?? null);
    const input = { GroupId: rule.group, IpPermissions: [permission] };
    const isIngress = rule.direction === 'ingress';
    if (to === null) {
      await (isIngress
        ? ec2.send(new RevokeSecurityGroupIngressCommand(input))
        : ec2.send(new RevokeSecurityGroupEgressCommand(input)));
      return;
    }
    const Tags = Object.entries(to.tags).map(([Key, Value]) => ({ Key, Value }));
    const tagged = Tags.length > 0 && { TagSpecifications: [{ ResourceType: 'security-group-rule' as const, Tags }] };
    await (isIngress
      ? ec2.send(new AuthorizeSecurityGroupIngressCommand({ ...input, ...tagged }))
      : ec2.send(new AuthorizeSecurityGroupEgressCommand({ ...input, ...tagged })));
  },
  tags: ({ ec2 }, { id }) => readTagsOf(ec2, id),
  async list({ ec2 }, { account, id, only }) {
    const name = await findGroup(ec2, id);
    if (name === undefined || (only !== undefined && name !== only)) return [];
    return listRules(ec2, id, account);
  },
  // Somebody was faster with the same: the next look will see it.
  done: ['InvalidPermission.Duplicate', 'InvalidPermission.NotFound'],
};

async function listRules(ec2: EC2Client, group: string, account: string): Promise<readonly SettingItem<RuleContent>[]> {
  const items: SettingItem<RuleContent>[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { SecurityGroupRules = [], NextToken } = await ec2.send(
      new DescribeSecurityGroupRulesCommand({
        Filters: [{ Name: 'group-id', Values: [group] }],
        MaxResults: 1000,
        ...(token !== undefined && { NextToken: token }),
      }),
    );
    items.push(...SecurityGroupRules.map((rule) => readRule(rule, account)));
    if (NextToken === undefined) return items;
    token = NextToken;
  }
  throw new RangeError(`${group} has more rules than a group can have`);
}

/** The name of a group, or undefined where it is not there. */
async function findGroup(ec2: EC2Client, group: string): Promise<string | undefined> {
  try {
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [group] }));
    return SecurityGroups[0]?.GroupName;
  } catch (thrown) {
    if (isNamed(thrown, 'InvalidGroup.NotFound', 'InvalidGroupId.Malformed')) return undefined;
    throw thrown;
  }
}

function readRule(rule: SecurityGroupRule, account: string): SettingItem<RuleContent> {
  const target = nameRule({
    group: rule.GroupId ?? '',
    direction: rule.IsEgress === true ? 'egress' : 'ingress',
    protocol: rule.IpProtocol ?? '',
    fromPort: rule.FromPort ?? -1,
    toPort: rule.ToPort ?? -1,
    peer: readPeer(rule, account),
  });
  return { target, content: { description: rule.Description || null, tags: readTagList(rule.Tags) } };
}

function readPeer(rule: SecurityGroupRule, account: string): NamedRule['peer'] {
  if (rule.CidrIpv4 !== undefined) return { kind: 'ipv4', name: rule.CidrIpv4 };
  if (rule.CidrIpv6 !== undefined) return { kind: 'ipv6', name: rule.CidrIpv6 };
  if (rule.PrefixListId !== undefined) return { kind: 'prefix', name: rule.PrefixListId };
  const { UserId = account, GroupId = '' } = rule.ReferencedGroupInfo ?? {};
  return { kind: 'group', name: UserId === account ? GroupId : `${UserId}/${GroupId}` };
}

function describePermission({ protocol, fromPort, toPort, peer }: NamedRule, description: string | null): IpPermission {
  const described = description !== null && { Description: description };
  const [owner, group] = peer.name.includes('/') ? peer.name.split('/') : [undefined, peer.name];
  return {
    IpProtocol: protocol,
    // All protocols have no ports to name.
    ...(protocol !== '-1' && { FromPort: fromPort, ToPort: toPort }),
    ...(peer.kind === 'ipv4' && { IpRanges: [{ CidrIp: peer.name, ...described }] }),
    ...(peer.kind === 'ipv6' && { Ipv6Ranges: [{ CidrIpv6: peer.name, ...described }] }),
    ...(peer.kind === 'prefix' && { PrefixListIds: [{ PrefixListId: peer.name, ...described }] }),
    ...(peer.kind === 'group' && {
      UserIdGroupPairs: [{ GroupId: group, ...(owner !== undefined && { UserId: owner }), ...described }],
    }),
  };
}
