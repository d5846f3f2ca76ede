import { CreateBucketCommand, GetPublicAccessBlockCommand, PutBucketTaggingCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, test } from 'vitest';
import type { CompiledAwsConfig } from '../../lambdas/core/config/aws-config.ts';
import { PLAYBOOKS } from '../../lambdas/core/controls/playbooks/index.ts';
import { PLAYBOOK_NAMES } from '../../lambdas/core/playbook-names.ts';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { internalsOf } from '../../local/account/internals.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { testConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import {
  addConfigRule,
  BUCKET,
  BUCKET_ARN,
  CONFIG_RULE,
  complianceChange,
  findingOfConfig,
  findingOfControl,
} from '../support/config.ts';
import { identifierOf, makeFault } from '../support/playbooks.ts';
import { SETTING_CASES } from '../support/settings/index.ts';

type Mode = 'observe' | 'approve' | 'enforce';
const configOf = (mode: Mode, change: Partial<CompiledAwsConfig> = {}): CompiledAwsConfig => ({
  ...{ mode: 'observe', evaluations: false, playbooks: { 's3-public-access': { mode } }, limits: { perHour: 5 } },
  ...change,
});
// Modes change rights only, which the embedded account does not ask about.
const template = describeTemplate({ ...testConfiguration.compiled, config: configOf('enforce') });

let clock: VirtualClock;
let service: EmbeddedService;
afterEach(() => service?.stop());

async function start(config: CompiledAwsConfig, tags: Readonly<Record<string, string>> = {}) {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  service = await startEmbeddedService({
    ...{ clock, graceSeconds: 60, random: seededRandom(1), onFailure: () => {} },
    ...{ config, template },
  });
  const { s3 } = service.account.clients;
  const Bucket = BUCKET.resourceId;
  await s3.send(new CreateBucketCommand({ Bucket }));
  const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  if (TagSet.length > 0) await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  addConfigRule(service.account);
  internalsOf(service.account).awsConfig.items.record({ ...BUCKET, arn: BUCKET_ARN, resourceName: Bucket });
  internalsOf(service.account).securityHub.receive(findingOfConfig());
}

async function raise(...events: unknown[]) {
  for (const event of events) service.account.emit(event);
  // Long enough for the word beside the finding, which waits for that to come.
  await clock.advance(10 * 60_000);
  await service.settle();
}
const finding = (id = findingOfConfig().Id) => service.observations.allFindings().find(({ Id }) => Id === id);
const fields = () => finding()?.UserDefinedFields ?? {};
const note = () => JSON.stringify(finding()?.Note ?? '');
const at = (minutes: number) => new Date(Date.UTC(2026, 10, 23, 12, minutes)).toISOString();

async function isBlocked(): Promise<boolean | undefined> {
  const command = new GetPublicAccessBlockCommand({ Bucket: BUCKET.resourceId });
  const answer = await service.account.clients.s3.send(command).catch(() => undefined);
  const { PublicAccessBlockConfiguration: set } = answer ?? {};
  return set && Object.values(set).every((isOn) => isOn);
}

/** What Security Hub sends when an operator uses an action on a finding. */
async function act(action: string, change: Record<string, unknown> = {}) {
  const event = {
    ...{ version: '0', id: `${action}-${clock.now()}`, source: 'aws.securityhub' },
    ...{ account: '123456789012', region: 'eu-west-1', time: new Date(clock.now()).toISOString() },
    'detail-type': 'Security Hub Findings - Custom Action',
    resources: [`arn:aws:securityhub:eu-west-1:123456789012:action/custom/Countersign${action}`],
    detail: { findings: [{ ...finding(), ...change }] },
  };
  const QueueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/countersign-operator';
  await service.account.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
  await clock.advance(60_000);
  await service.settle();
}

/** Every playbook, and a fault for each. */
describe('each playbook', () => {
  test('waits for an operator, puts its fault right, and restores it exactly when it is taken back', async () => {
    const all = Object.fromEntries(PLAYBOOK_NAMES.map((name) => [name, { mode: 'approve' as const }]));
    await start(configOf('approve', { playbooks: all, limits: { perHour: 100 } }));
    const { clients } = service.account;
    for (const name of PLAYBOOK_NAMES) {
      const { setting, rules, nameOf } = PLAYBOOKS[name];
      const { target, resource } = await makeFault(name, clients);
      const rule = { name: rules[0] ?? '', arn: `${CONFIG_RULE.arn}-${name}` };
      const { Id } = findingOfConfig();
      addConfigRule(service.account, rule, identifierOf(rule.name));
      const held = findingOfConfig({
        ...{ Id: `${Id}-${name}`, GeneratorId: rule.arn, Title: rule.name },
        ProductFields: { 'aws/config/ConfigRuleArn': rule.arn, 'aws/config/ConfigRuleName': rule.name },
        Resources: [{ Type: 'Other', Id: nameOf(resource) }],
      });
      internalsOf(service.account).securityHub.receive(held);
      const readAll = () => SETTING_CASES[setting].readAll(clients, target);
      const before = await readAll();
      await raise(complianceChange({ rule, about: { resourceType: resource.type, resourceId: resource.id } }));
      const proposed = await readAll();
      await act('Approve', finding(held.Id));
      const after = await readAll();
      await act('Undo', finding(held.Id));

      expect(proposed, name).toEqual(before);
      expect(after, name).not.toEqual(before);
      expect(await readAll(), name).toEqual(before);
    }
  }, 60_000);
});

describe('a fault that a playbook answers', () => {
  test('is only told where the playbook observes', async () => {
    await start(configOf('observe'));
    await raise(complianceChange());

    expect(await isBlocked()).toBeUndefined();
    expect(note()).toContain('it would block all public access to bucket acme-logs');
    expect(fields()).toMatchObject({ 'countersign/PlanState': 'proposed' });
    await act('Approve');
    expect(await isBlocked()).toBeUndefined();
  });

  test('is put right where the playbook enforces, and once', async () => {
    await start(configOf('enforce'));
    await raise(complianceChange(), complianceChange());

    expect(await isBlocked()).toBe(true);
    expect(note()).toContain('block all public access to bucket acme-logs');
  });

  test('is not answered where somebody wrote the rule, even under the name of a managed one', async () => {
    await start(configOf('enforce'));
    const rule = { ...CONFIG_RULE, arn: `${CONFIG_RULE.arn}-written` };
    addConfigRule(service.account, rule, '');
    await raise(complianceChange({ rule }));

    expect(await isBlocked()).toBeUndefined();
  });

  test('waits for an operator, and is taken back by one, on the finding of Config', async () => {
    await start(configOf('approve'));
    await raise(complianceChange());
    const before = await isBlocked();
    await act('Approve');
    const after = await isBlocked();
    await act('Undo');

    expect(before).toBeUndefined();
    expect(after).toBe(true);
    expect(await isBlocked()).toBeUndefined();
  });

  test('is approved on the finding of a control too', async () => {
    await start(configOf('approve'));
    const rule = {
      name: `securityhub-${CONFIG_RULE.name}-1a2b3c4d`,
      arn: 'arn:aws:config:eu-west-1:123456789012:config-rule/aws-service-rule/securityhub.amazonaws.com/config-rule-x',
    };
    const held = findingOfControl(rule.name);
    internalsOf(service.account).securityHub.receive(held);
    await raise(complianceChange({ rule }));
    await act('Approve', finding(held.Id));

    expect(await isBlocked()).toBe(true);
  });

  test.each([
    ['about another resource', { Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::another' }] }],
    ['of another account', { AwsAccountId: '999999999999' }],
  ])('is not approved by a finding %s that names the plan', async (_name, change) => {
    await start(configOf('approve'));
    await raise(complianceChange());
    await act('Approve', change);

    expect(await isBlocked()).toBeUndefined();
  });

  test('is put right again when it comes back, until the quarrel is for a person', async () => {
    await start(configOf('enforce'));
    const seen: (boolean | undefined)[] = [];
    for (const minutes of [1, 10, 20]) {
      await raise(complianceChange({ at: at(minutes) }));
      seen.push(await isBlocked());
      const { DeletePublicAccessBlockCommand } = await import('@aws-sdk/client-s3');
      await service.account.clients.s3.send(new DeletePublicAccessBlockCommand({ Bucket: BUCKET.resourceId }));
      await raise(complianceChange({ at: at(minutes + 3), compliance: 'COMPLIANT' }));
    }

    expect(seen).toEqual([true, true, undefined]);
  });

  test.each([
    [
      'CloudFormation, with its logical id',
      { 'aws:cloudformation:stack-name': 'shop', 'aws:cloudformation:logical-id': 'Logs' },
      'CloudFormation (stack shop, logical id Logs) would put it back: write there PublicAccessBlockConfiguration',
    ],
    ['Terraform, by its tag', { 'managed-by': 'terraform' }, 'Terraform (tag managed-by=terraform) would put it back'],
  ])('is a proposal where %s holds the resource', async (_name, tags, words) => {
    const ownerTags = [{ key: 'managed-by', value: 'terraform' }];
    await start(configOf('enforce', { ownerTags }), tags);
    await raise(complianceChange());

    expect(await isBlocked()).toBeUndefined();
    expect(note()).toContain(words);
    expect(fields()).not.toHaveProperty('countersign/Plan');
  });

  test('is left alone where the resource is protected, or no playbook is configured for it', async () => {
    await start(configOf('enforce', { protected: ['arn:aws:s3:::acme-*'] }));
    await raise(complianceChange());
    expect(note()).toContain('Nothing is changed: The configuration protects this resource.');
    expect(await isBlocked()).toBeUndefined();
    await service.stop();

    await start(configOf('enforce', { playbooks: {} }));
    await raise(complianceChange());
    expect(note()).not.toContain('Nothing is changed');
    expect(await isBlocked()).toBeUndefined();
  });
});
