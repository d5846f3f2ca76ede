import { BatchUpdateFindingsCommand } from '@aws-sdk/client-securityhub';
import { afterEach, describe, expect, test } from 'vitest';
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
  itemChange,
} from '../support/config.ts';

const config = { mode: 'observe', evaluations: false } as const;
const template = describeTemplate({ ...testConfiguration.compiled, config });

let clock: VirtualClock;
let service: EmbeddedService;
afterEach(() => service?.stop());

async function start() {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  service = await startEmbeddedService({
    ...{ clock, graceSeconds: 60, random: seededRandom(1), onFailure: () => {} },
    ...{ config, template },
  });
  const { items } = internalsOf(service.account).awsConfig;
  items.record({ ...BUCKET, arn: BUCKET_ARN, resourceName: BUCKET.resourceId });
  addConfigRule(service.account);
}

/** Until the first look for the finding of Config was made. */
async function raise(...events: unknown[]) {
  for (const event of events) service.account.emit(event);
  await clock.advance(6 * 60_000);
  await service.settle();
}
/** Long enough for Security Hub to have the finding, had it one. */
async function wait() {
  await clock.advance(30 * 60_000);
  await service.settle();
}
const hold = (finding = findingOfConfig()) => internalsOf(service.account).securityHub.receive(finding);
const all = () => service.observations.allFindings();
const theirs = (id = findingOfConfig().Id) => all().find(({ Id }) => Id === id);
const ours = () => all().filter(({ Id }) => Id.startsWith('countersign/config/'));
const deadLetters = () =>
  service.account
    .timeline()
    .filter(({ step }) => step === 'dead-letter' || step === 'queue')
    .filter(({ summary }) => summary.includes('countersign-config-dead-letters')).length;
const at = (minutes: number) => new Date(Date.UTC(2026, 10, 23, 11, minutes)).toISOString();

describe('a result of AWS Config', () => {
  test('is told beside the finding that Security Hub holds, and never becomes another one', async () => {
    await start();
    hold();
    await raise(complianceChange());
    await wait();

    expect(theirs()).toMatchObject({
      Note: {
        UpdatedBy: 'Countersign',
        Text: expect.stringContaining('acme-logs is not compliant with the Config rule'),
      },
      UserDefinedFields: {
        'countersign/Result': 'failed',
        'countersign/Rule': CONFIG_RULE.name,
        'countersign/Requirements': expect.stringContaining('NIST.800-53.r5 AC-3'),
      },
      Workflow: { Status: 'NEW' },
    });
    expect(ours()).toEqual([]);
  });

  test.each([
    ['a managed rule under another name', 'acme-0815', 'INCOMING_SSH_DISABLED', 'countersign/config/restricted-ssh'],
    [
      'a rule of its own under the name of a managed one',
      'restricted-ssh',
      '',
      'countersign/config/custom/restricted-ssh',
    ],
  ])('is mapped by what the rule is: %s', async (_what, name, identifier, GeneratorId) => {
    await start();
    const rule = { name, arn: 'arn:aws:config:eu-west-1:123456789012:config-rule/config-rule-acme' };
    addConfigRule(service.account, rule, identifier);
    await raise(complianceChange({ rule }));
    await wait();

    const isManaged = identifier !== '';
    expect(ours()).toMatchObject([{ RecordState: 'ACTIVE', GeneratorId }]);
    expect(JSON.stringify(ours()).includes('RelatedRequirements')).toBe(isManaged);
    await raise(complianceChange({ rule, compliance: undefined, at: at(60) }));
    expect(ours()).toMatchObject([{ RecordState: 'ARCHIVED', GeneratorId }]);
  });

  test('is told once, however often it comes', async () => {
    await start();
    hold();
    await raise(complianceChange(), complianceChange());
    await raise(complianceChange());

    const updates = service.account.timeline().filter(({ summary }) => summary.startsWith('finding updated'));
    expect(updates.length).toBe(1);
  });

  test('leaves what a person and other tools wrote', async () => {
    await start();
    hold();
    await service.account.clients.securityHub.send(
      new BatchUpdateFindingsCommand({
        FindingIdentifiers: [{ Id: findingOfConfig().Id ?? '', ProductArn: findingOfConfig().ProductArn ?? '' }],
        Note: { Text: 'mine', UpdatedBy: 'ana' },
        UserDefinedFields: { ticket: '42' },
      }),
    );
    await raise(complianceChange());

    expect(theirs()).toMatchObject({
      Note: { Text: 'mine', UpdatedBy: 'ana' },
      UserDefinedFields: { ticket: '42', 'countersign/Result': 'failed' },
    });
  });

  test('has a finding of ours only where Security Hub has none, and that goes when the other one comes after all', async () => {
    await start();
    await raise(complianceChange());
    expect(ours()).toEqual([]);

    await wait();
    expect(ours()).toMatchObject([
      {
        RecordState: 'ACTIVE',
        GeneratorId: `countersign/config/${CONFIG_RULE.name}`,
        Compliance: {
          Status: 'FAILED',
          RelatedRequirements: expect.arrayContaining(['NIST.800-53.r5 AC-3']),
          AssociatedStandards: expect.arrayContaining([{ StandardsId: 'standards/nist-800-53/v/5.0.0' }]),
        },
        Resources: [{ Type: 'AwsS3Bucket', Id: BUCKET_ARN }],
        UpdatedAt: at(59),
      },
    ]);

    hold();
    await raise(complianceChange({ at: at(60) }));
    expect(theirs()).toMatchObject({ UserDefinedFields: { 'countersign/Result': 'failed' } });
    expect(ours()).toMatchObject([{ RecordState: 'ARCHIVED' }]);
  });

  test.each([
    ['it is compliant again', complianceChange({ compliance: 'COMPLIANT', at: at(60) }), 'PASSED'],
    ['it does not apply any more', complianceChange({ compliance: 'NOT_APPLICABLE', at: at(60) }), 'NOT_AVAILABLE'],
    ['the rule was deleted', complianceChange({ compliance: undefined, at: at(60) }), 'NOT_AVAILABLE'],
    ['the resource was deleted', itemChange(at(60)), 'NOT_AVAILABLE'],
  ])('closes what it opened when %s', async (_how, event, Status) => {
    await start();
    await raise(complianceChange());
    await wait();
    expect(ours()).toMatchObject([{ RecordState: 'ACTIVE' }]);

    await raise(event);
    expect(ours()).toMatchObject([{ RecordState: 'ARCHIVED', Compliance: { Status }, UpdatedAt: at(60) }]);

    await raise(complianceChange(), event);
    await wait();
    expect(ours()).toMatchObject([{ RecordState: 'ARCHIVED', UpdatedAt: at(60) }]);
  });

  test('stays open while Config does not know', async () => {
    await start();
    await raise(complianceChange());
    await wait();
    await raise(
      complianceChange({ compliance: 'INSUFFICIENT_DATA', at: at(60) }),
      itemChange(at(60), { configurationItemStatus: 'OK' }),
      itemChange(at(58)),
    );

    expect(ours()).toMatchObject([{ RecordState: 'ACTIVE' }]);
  });

  test('that is over before its finding is late never opens one', async () => {
    await start();
    await raise(complianceChange(), complianceChange({ compliance: 'COMPLIANT', at: at(60) }));
    await wait();

    expect(ours().filter(({ RecordState }) => RecordState === 'ACTIVE')).toEqual([]);
    const opened = service.account.timeline().filter(({ summary }) => summary.startsWith('finding imported: ACTIVE'));
    expect(opened).toEqual([]);
  });

  test('that is over is not told beside a finding that comes late', async () => {
    await start();
    await raise(complianceChange());
    await raise(complianceChange({ compliance: 'COMPLIANT', at: at(60) }));
    hold();
    await wait();

    expect(theirs()).not.toHaveProperty('UserDefinedFields');
  });

  test('has no finding of ours where there are more findings than can be looked through', async () => {
    await start();
    const about = { resourceType: 'AWS::EC2::Instance', resourceId: 'i-0123456789abcdef0' };
    for (let number = 0; number < 301; number += 1) {
      const Id = `arn:aws:ec2:eu-west-1:123456789012:instance/i-${number}`;
      hold(
        findingOfConfig({ Id: `${CONFIG_RULE.arn}/finding/${number}`, Resources: [{ Type: 'AwsEc2Instance', Id }] }),
      );
    }
    await raise(complianceChange({ about }));
    await wait();

    expect(ours()).toEqual([]);
  });

  test('is one of a control of Security Hub where that deployed the rule: it is never ours to open', async () => {
    await start();
    const rule = {
      name: 'securityhub-s3-bucket-level-public-access-prohibited-1a2b3c4d',
      arn: 'arn:aws:config:eu-west-1:123456789012:config-rule/aws-service-rule/securityhub.amazonaws.com/config-rule-1',
    };
    await raise(complianceChange({ rule }));
    await wait();
    expect(all()).toEqual([]);

    const control = findingOfControl(rule.name);
    hold(control);
    hold(findingOfControl(`${rule.name}5`, { Id: 'another' }));
    await raise(complianceChange({ rule, at: at(60) }));
    expect(theirs(control.Id)).toMatchObject({ UserDefinedFields: { 'countersign/Result': 'failed' } });
    expect(theirs('another')).not.toHaveProperty('UserDefinedFields');
  });

  test('names users and roles by their name, and finds the finding under either', async () => {
    await start();
    const iam = internalsOf(service.account).iam.store;
    expect(iam.users.size).toBe(0);
    const { CreateUserCommand } = await import('@aws-sdk/client-iam');
    const { User } = await service.account.clients.iam.send(new CreateUserCommand({ UserName: 'ann', Path: '/ops/' }));
    const resourceId = User?.UserId ?? '';
    const rule = { ...CONFIG_RULE, name: 'access-keys-rotated' };
    const byId = {
      Id: 'by-id',
      Resources: [{ Type: 'AwsIamUser', Id: `arn:aws:iam::123456789012:user/${resourceId}` }],
    };
    hold(findingOfConfig({ Id: 'by-arn', Resources: [{ Type: 'AwsIamUser', Id: User?.Arn ?? '' }] }));
    hold(findingOfConfig({ Id: 'of-another', Resources: [{ Type: 'AwsIamUser', Id: `${User?.Arn}2` }] }));
    hold(findingOfConfig(byId));
    await raise(complianceChange({ rule, about: { resourceType: 'AWS::IAM::User', resourceId } }));

    expect(resourceId).toMatch(/^AIDA/);
    for (const id of ['by-arn', 'by-id']) {
      expect(theirs(id)).toMatchObject({ UserDefinedFields: { 'countersign/Resource': 'AWS::IAM::User ann' } });
    }
    expect(theirs('of-another')).not.toHaveProperty('UserDefinedFields');
  });

  test('about what Config does not record is found by the end of its ARN', async () => {
    await start();
    const about = { resourceType: 'AWS::EC2::Instance', resourceId: 'i-0123456789abcdef0' };
    const Id = `arn:aws:ec2:eu-west-1:123456789012:instance/${about.resourceId}`;
    hold(findingOfConfig({ Resources: [{ Type: 'AwsEc2Instance', Id }] }));
    await raise(complianceChange({ about }));
    await wait();

    expect(theirs()).toMatchObject({ UserDefinedFields: { 'countersign/Result': 'failed' } });
    expect(ours()).toEqual([]);
  });

  test('about the account is one about it in Security Hub', async () => {
    await start();
    const about = { resourceType: 'AWS::::Account', resourceId: '123456789012' };
    hold(findingOfConfig({ Resources: [{ Type: 'Other', Id: 'AWS::::Account:123456789012' }] }));
    await raise(complianceChange({ about }));
    await wait();

    expect(theirs()).toMatchObject({ UserDefinedFields: { 'countersign/Result': 'failed' } });
    expect(ours()).toEqual([]);
  });

  test('that is none goes to the dead letters, and what is no result does not come at all', async () => {
    await start();
    await raise(
      { ...complianceChange(), detail: { messageType: 'ComplianceChangeNotification' } },
      complianceChange({}, { source: 'acme.config' }),
      complianceChange({}, { 'detail-type': 'Config Rules Re-evaluation Status' }),
      itemChange(at(60), { configurationItemStatus: 'ResourceDiscovered' }),
    );

    expect(deadLetters()).toBe(1);
  });
});
