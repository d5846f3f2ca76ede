import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { performSetting } from '../../lambdas/aws/plan-calls/setting.ts';
import type { SettingClients } from '../../lambdas/aws/plan-calls/settings/setting-adapter.ts';
import { canonicalize } from '../../lambdas/core/canonical-json.ts';
import type { ConfigResource } from '../../lambdas/core/controls/config-result.ts';
import { PLAYBOOKS } from '../../lambdas/core/controls/playbooks/index.ts';
import { toSettingCall } from '../../lambdas/core/ledger/calls/setting.ts';
import { SETTINGS } from '../../lambdas/core/ledger/calls/settings/index.ts';
import type { PlaybookName } from '../../lambdas/core/playbook-names.ts';
import { SETTING_CASES } from './settings/index.ts';
import { CASE_ACCOUNT, CASE_REGION } from './settings/setting-case.ts';

const place = { account: CASE_ACCOUNT, region: CASE_REGION };

interface PlaybookCase {
  /** The id that Config has for the resource of a target. */
  readonly idOf: (target: string) => string;
  /** A content that is wrong, and those that are left alone. */
  readonly wrong: string | null;
  readonly right: readonly (string | null)[];
  /** Where the case of the setting makes another kind of target. */
  readonly make?: (clients: SettingClients) => Promise<string>;
}

const rule = '{"description":null,"tags":{}}';
const account = () => CASE_ACCOUNT;
const TLS_ONLY = canonicalize({
  Version: '2012-10-17',
  Statement: {
    ...{ Effect: 'Deny', Principal: '*', Action: ['s3:*'] },
    Resource: ['arn:aws:s3:::no-such-bucket/*', 'arn:aws:s3:::no-such-bucket'],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  },
});
const STRICT =
  '{"hardExpiry":true,"lowerCase":true,"maxAge":30,"minLength":20,"numbers":true,"remembers":24,"symbols":true,"upperCase":true,"usersMayChange":false}';
const itself = (target: string) => target;
const groupOf = (target: string) => target.split('/')[0] ?? '';

/** What is wrong about one resource for each playbook. */
export const PLAYBOOK_CASES: Readonly<Record<PlaybookName, PlaybookCase>> = {
  's3-public-access': { idOf: itself, wrong: null, right: [SETTING_CASES['bucket-public-access'].contents[1] ?? ''] },
  's3-tls-only': { idOf: itself, wrong: null, right: [TLS_ONLY] },
  'security-group-open': { idOf: groupOf, wrong: rule, right: [null] },
  'default-security-group': { idOf: groupOf, wrong: rule, right: [null], make: makeDefaultGroup },
  'ebs-default-encryption': { idOf: account, wrong: '{"enabled":false}', right: ['{"enabled":true}'] },
  'instance-metadata': { idOf: itself, wrong: '{"tokens":"optional"}', right: ['{"tokens":"required"}'] },
  'snapshot-public': { idOf: account, wrong: '{"public":true}', right: ['{"public":false}'] },
  'kms-rotation': {
    idOf: (target) => target.split('/')[1] ?? '',
    wrong: '{"enabled":false}',
    right: ['{"enabled":true,"periodDays":90}'],
  },
  'trail-stopped': { idOf: account, wrong: '{"logging":false}', right: ['{"logging":true}'] },
  'ecr-immutable-tags': {
    idOf: itself,
    wrong: '{"mutability":"MUTABLE"}',
    right: ['{"mutability":"IMMUTABLE"}', '{"except":["dev-*"],"mutability":"IMMUTABLE_WITH_EXCLUSION"}'],
  },
  'password-policy': { idOf: account, wrong: null, right: [STRICT] },
  'ecr-scanning': { idOf: itself, wrong: '{"onPush":false}', right: ['{"onPush":true}'] },
};

/** Identifiers of managed rules that are not the name in capitals (AWS Config developer guide, "List of AWS Config managed rules"). */
const IDENTIFIERS: Readonly<Record<string, string>> = {
  'restricted-ssh': 'INCOMING_SSH_DISABLED',
  'cloudtrail-enabled': 'CLOUD_TRAIL_ENABLED',
};

/** The identifier of a managed rule. */
export function identifierOf(rule: string): string {
  return IDENTIFIERS[rule] ?? rule.toUpperCase().replaceAll('-', '_');
}

/** The resource of a target, as Config names it. */
export function resourceOf(name: PlaybookName, target: string): ConfigResource {
  return { ...place, type: PLAYBOOKS[name].resourceType, id: PLAYBOOK_CASES[name].idOf(target) };
}

/** Makes a resource about which a playbook has something to do. */
export async function makeFault(
  name: PlaybookName,
  clients: SettingClients,
): Promise<{ readonly target: string; readonly resource: ConfigResource }> {
  const { setting } = PLAYBOOKS[name];
  const { wrong, make = SETTING_CASES[setting].make } = PLAYBOOK_CASES[name];
  const target = await make(clients);
  const [from = null] = SETTING_CASES[setting].contents;
  if (SETTINGS[setting].canLead(from, wrong)) {
    await performSetting(clients, toSettingCall({ ...place, setting, target, from, to: wrong }));
  }
  return { target, resource: resourceOf(name, target) };
}

async function makeDefaultGroup({ ec2 }: SettingClients): Promise<string> {
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'default', Description: 'x' }));
  const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  return `${GroupId}/ingress/tcp/22/22/ipv4:10.0.0.0/8`;
}
