import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserPolicyCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { isPlanId } from '../../lambdas/core/ledger/plan.ts';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { BASELINES } from '../../local/scenarios/trust.ts';
import { fullConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { guardDutyEvent } from '../support/guardduty.ts';
import { publishBaseline } from '../support/publish-baseline.ts';
import { runCli } from '../support/run-cli.ts';

const ACCOUNT = '123456789012';
const USER = `arn:aws:iam::${ACCOUNT}:user/deploy`;
const { initialRoots: _roots, ...trust } = fullConfiguration.compiled.trust;
const template = describeTemplate({ ...fullConfiguration.compiled, trust });
const allow = (action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const MINUTE = 60_000;

let clock: VirtualClock;
let service: EmbeddedService;
let userId: string;
let keyId: string;
afterEach(() => service?.stop());

/** A user with one key, one inline policy and a signed baseline of exactly that. */
async function start(guardDuty: 'observe' | 'approve' | 'enforce') {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  service = await startEmbeddedService({
    ...{ clock, graceSeconds: 600, random: seededRandom(1), onFailure: () => {} },
    ...{ quarantine: true, iam: 'enforce', guardDuty, template },
  });
  const { iam, s3 } = service.account.clients;
  await s3.send(new CreateBucketCommand({ Bucket: BASELINES }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: BASELINES, VersioningConfiguration: { Status: 'Enabled' } }));
  userId = (await iam.send(new CreateUserCommand({ UserName: 'deploy' }))).User?.UserId ?? '';
  keyId = (await iam.send(new CreateAccessKeyCommand({ UserName: 'deploy' }))).AccessKey?.AccessKeyId ?? '';
  await iam.send(
    new PutUserPolicyCommand({ UserName: 'deploy', PolicyName: 'deploy', PolicyDocument: allow('ecs:*') }),
  );
  await publishBaseline(service, USER);
  await pass(10 * MINUTE);
}

/** Not until everything is settled: what lasts for a time is settled when it has ended. */
const pass = (milliseconds: number) => clock.advance(milliseconds);

/** GuardDuty tells that the user's key is in foreign hands. */
async function leak(change = {}, envelope = {}) {
  const accessKeyDetails = { accessKeyId: keyId, principalId: userId, userType: 'IAMUser', userName: 'deploy' };
  const event = guardDutyEvent(
    {
      type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller',
      resource: { resourceType: 'AccessKey', accessKeyDetails },
      ...change,
    },
    envelope,
  );
  service.account.emit(event);
  await pass(MINUTE);
}

async function stateOf(UserName = 'deploy') {
  const { iam } = service.account.clients;
  const { PolicyNames = [] } = await iam.send(new ListUserPoliciesCommand({ UserName }));
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedUserPoliciesCommand({ UserName }));
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  return {
    inline: PolicyNames,
    attached: AttachedPolicies.map(({ PolicyName }) => PolicyName),
    keys: AccessKeyMetadata.map(({ Status }) => Status),
  };
}

const FREE = { inline: ['deploy'], attached: [], keys: ['Active'] };
const CONTAINED = {
  inline: ['CountersignContainment', 'deploy'],
  attached: ['AWSCompromisedKeyQuarantineV3'],
  keys: ['Inactive'],
};
const finding = (target = USER) =>
  service.observations.allFindings().find(({ Id }) => Id === `countersign/containment/${target}`);
const fields = z.record(z.string(), z.string());
const fieldsOf = (target?: string) => fields.parse(finding(target)?.ProductFields ?? {});
const planOf = () => {
  const id = fieldsOf()['countersign/Plan'];
  if (!isPlanId(id)) throw new Error('the finding shows no plan');
  return { id, digest: fieldsOf()['countersign/PlanDigest'] ?? '' };
};
const drift = () => service.observations.allFindings().find(({ Id }) => Id === `countersign/iam/${USER}`);

/** A custom action of Security Hub on the finding of GuardDuty. */
async function click(action: string) {
  const { detail } = guardDutyEvent();
  const { arn } = z.object({ arn: z.string() }).parse(detail);
  service.account.emit({
    ...{ version: '0', id: `click-${action}`, time: '2026-11-23T12:30:00Z', account: ACCOUNT, region: 'eu-west-1' },
    ...{ source: 'aws.securityhub', 'detail-type': 'Security Hub Findings - Custom Action' },
    resources: [`arn:aws:securityhub:eu-west-1:${ACCOUNT}:action/custom/${action}`],
    detail: {
      findings: [
        {
          ...{ Id: arn, GeneratorId: 'guardduty', AwsAccountId: ACCOUNT },
          ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/guardduty',
        },
      ],
    },
  });
  await pass(MINUTE);
}

let requests = 0;
async function command(content: object) {
  requests += 1;
  const { sqs } = service.account.clients;
  const QueueUrl = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/countersign-operator`;
  const body = { version: 1, request: `r-${requests}`, plan: planOf().id, ...content };
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
  await pass(MINUTE);
}

describe('a leaked key of a user', () => {
  test('is contained at once where the configuration enforces it, and what a baseline says is not held against that', async () => {
    await start('enforce');
    await leak();

    expect(await stateOf()).toEqual(CONTAINED);
    expect(finding()).toMatchObject({
      Title: 'user/deploy is contained',
      Severity: { Label: 'HIGH' },
      RecordState: 'ACTIVE',
      Description: expect.stringContaining('It ends by itself at 2026-11-23T13:1'),
      FindingProviderFields: {
        RelatedFindings: [{ ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/guardduty' }],
      },
    });
    await pass(20 * MINUTE);
    expect(await stateOf()).toEqual(CONTAINED);
    expect(drift()).toBeUndefined();
  });

  test('gets back exactly what was there when the containment ends by itself', async () => {
    await start('enforce');
    const { iam } = service.account.clients;
    const before = await iam.send(new GetUserPolicyCommand({ UserName: 'deploy', PolicyName: 'deploy' }));
    await leak();
    await pass(70 * MINUTE);

    expect(await stateOf()).toEqual(FREE);
    const after = await iam.send(new GetUserPolicyCommand({ UserName: 'deploy', PolicyName: 'deploy' }));
    expect(after.PolicyDocument).toBe(before.PolicyDocument);
    expect(finding()).toMatchObject({
      Title: 'user/deploy is in foreign hands and not contained',
      Severity: { Label: 'CRITICAL' },
      Description: expect.stringContaining('ended by itself at its time'),
    });
    expect(drift()).toBeUndefined();
  });

  test('stays contained for longer where an operator extends it, and is freed at once where they take it back', async () => {
    await start('enforce');
    await leak();
    await command({ action: 'extend', until: clock.now() + 180 * MINUTE });
    await pass(120 * MINUTE);
    expect(await stateOf()).toEqual(CONTAINED);

    await command({ action: 'undo' });

    expect(await stateOf()).toEqual(FREE);
    await leak({ updatedAt: '2026-11-23T15:30:00.000Z', service: { count: 2 } });
    // What an operator decided about this finding stands.
    expect(await stateOf()).toEqual(FREE);
    await leak({
      id: 'ffffffffffffffffffffffffffffffff',
      arn: 'arn:aws:guardduty:eu-west-1:123456789012:detector/3caf4e0aaa46ce4ccbcef949a8785353/finding/ffffffffffffffffffffffffffffffff',
    });
    expect(await stateOf()).toEqual(CONTAINED);
  });

  test('waits for a word where the configuration wants one, and is left alone where it observes', async () => {
    await start('approve');
    await leak();
    expect(await stateOf()).toEqual(FREE);
    expect(finding()).toMatchObject({
      Title: 'user/deploy is in foreign hands and waits for your word to be contained',
      Severity: { Label: 'CRITICAL' },
    });

    await command({ action: 'approve', planDigest: planOf().digest, irreversible: false });

    expect(await stateOf()).toEqual(CONTAINED);
    await service.stop();
    await start('observe');
    await leak();
    expect(await stateOf()).toEqual(FREE);
    expect(finding()?.Description).toContain('is shown only, since the configuration observes');
  });

  test('that is deleted meanwhile keeps nobody contained beyond the time', async () => {
    await start('enforce');
    await leak();
    const { iam } = service.account.clients;
    await iam.send(new DeleteAccessKeyCommand({ UserName: 'deploy', AccessKeyId: keyId }));
    await pass(20 * MINUTE);
    expect(finding()?.Title).toBe('user/deploy is contained');
    await pass(60 * MINUTE);

    expect(await stateOf()).toEqual({ ...FREE, keys: [] });
    expect(finding()).toMatchObject({ Description: expect.stringContaining('ended by itself at its time') });
  });

  test('that was switched off before is not switched on by the undo', async () => {
    await start('enforce');
    const { iam } = service.account.clients;
    await iam.send(new UpdateAccessKeyCommand({ UserName: 'deploy', AccessKeyId: keyId, Status: 'Inactive' }));
    await iam.send(
      new AttachUserPolicyCommand({
        UserName: 'deploy',
        PolicyArn: 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3',
      }),
    );
    await leak();
    await command({ action: 'undo' });

    expect(await stateOf()).toEqual({
      inline: ['deploy'],
      attached: ['AWSCompromisedKeyQuarantineV3'],
      keys: ['Inactive'],
    });
  });
});

describe('whoever is contained', () => {
  test('and takes the deny away is contained again, and the second time the finding says that somebody is at it', async () => {
    await start('enforce');
    await leak();
    const { iam } = service.account.clients;
    const takeAway = () =>
      iam.send(new DeleteUserPolicyCommand({ UserName: 'deploy', PolicyName: 'CountersignContainment' }));
    await takeAway();
    await pass(5 * MINUTE);
    expect(await stateOf()).toEqual(CONTAINED);

    await takeAway();
    await pass(5 * MINUTE);

    expect(finding()).toMatchObject({
      Title: 'user/deploy was contained, and somebody took that away',
      Severity: { Label: 'CRITICAL' },
    });
  });

  test('is not freed by somebody who puts up what only looks like containment', async () => {
    await start('enforce');
    const { iam } = service.account.clients;
    await iam.send(
      new PutUserPolicyCommand({
        UserName: 'deploy',
        PolicyName: 'CountersignContainment',
        PolicyDocument: allow('*'),
      }),
    );
    await pass(2 * MINUTE);

    // No plan of the ledger did it: it is drift, whatever its name.
    expect((await stateOf()).inline).toEqual(['deploy']);
    expect(drift()).toMatchObject({ RecordState: 'ARCHIVED' });
  });

  test('is left alone where somebody else has the name now, where it is protected, and where the switch is on', async () => {
    await start('enforce');
    const { iam, ssm } = service.account.clients;
    const other = { accessKeyId: keyId, principalId: 'AIDAEXAMPLEEXAMPLE000', userType: 'IAMUser', userName: 'deploy' };
    await leak({ resource: { resourceType: 'AccessKey', accessKeyDetails: other } });
    expect(await stateOf()).toEqual(FREE);

    const { User } = await iam.send(new CreateUserCommand({ UserName: 'break-glass' }));
    await iam.send(new CreateAccessKeyCommand({ UserName: 'break-glass' }));
    const kept = { accessKeyId: keyId, principalId: User?.UserId, userType: 'IAMUser', userName: 'break-glass' };
    await leak({
      updatedAt: '2026-11-23T12:00:00.000Z',
      resource: { resourceType: 'AccessKey', accessKeyDetails: kept },
    });
    expect((await stateOf('break-glass')).keys).toEqual(['Active']);
    expect(finding(`arn:aws:iam::${ACCOUNT}:user/break-glass`)?.Description).toContain('protected');

    await ssm.send(new PutParameterCommand({ Name: '/countersign/kill-switch', Value: 'stop', Overwrite: true }));
    await leak({ updatedAt: '2026-11-23T12:10:00.000Z' });
    expect(await stateOf()).toEqual(FREE);
  });
});

describe('an operator', () => {
  test('has a user contained by countersign contain, and for as long as they say', async () => {
    await start('approve');
    const cli = await runCli(['contain', USER, '--expires', '10m', '--region', 'eu-west-1'], {
      ledgerIn: () => service.account.clients,
      clock: () => clock.now(),
      sleep: (milliseconds) => clock.advance(milliseconds),
    });
    await pass(MINUTE);

    expect(cli).toMatchObject({ code: 0, err: '' });
    expect(cli.out).toContain('put the inline policy CountersignContainment of user deploy');
    expect(await stateOf()).toEqual(CONTAINED);
    await pass(15 * MINUTE);
    expect(await stateOf()).toEqual(FREE);
    expect(finding()).toMatchObject({ RecordState: 'ARCHIVED' });
  });

  test('has whom a finding of GuardDuty is about contained, where it is only to be looked at', async () => {
    await start('approve');
    await leak({ type: 'Recon:IAMUser/TorIPCaller' });
    expect(finding()).toBeUndefined();

    await click('CountersignContain');

    expect(await stateOf()).toEqual(CONTAINED);
    expect(finding()?.Title).toBe('user/deploy is contained');
  });

  test('cannot where the configuration observes, nor about somebody who is not there', async () => {
    await start('observe');
    await leak();
    await click('CountersignContain');
    expect(await stateOf()).toEqual(FREE);
    const nobody = await runCli(['contain', `${USER}-2`, '--region', 'eu-west-1'], {
      ledgerIn: () => service.account.clients,
      clock: () => clock.now(),
      sleep: (milliseconds) => clock.advance(milliseconds),
    });
    expect(nobody).toMatchObject({ code: 3 });
    expect(await runCli(['contain', 'deploy'], {})).toMatchObject({ code: 2 });
  });
});

test('of a role the one session that GuardDuty names is denied', async () => {
  await start('enforce');
  const { iam } = service.account.clients;
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'web', AssumeRolePolicyDocument: TRUST }));
  const session = `${Role?.RoleId}:i-1234567890abcdef0`;
  await leak({
    resource: {
      resourceType: 'AccessKey',
      accessKeyDetails: {
        ...{ accessKeyId: 'ASIAEXAMPLEEXAMPLE00', principalId: session },
        ...{ userType: 'AssumedRole', userName: 'web' },
      },
    },
  });

  const name = String(
    fieldsOf(`arn:aws:sts::${ACCOUNT}:assumed-role/web/i-1234567890abcdef0`)['countersign/PlanSteps'],
  ).match(/CountersignContainment-[0-9a-f]{8}/)?.[0];
  const put = await iam.send(new GetRolePolicyCommand({ RoleName: 'web', PolicyName: name }));
  expect(JSON.parse(decodeURIComponent(put.PolicyDocument ?? ''))).toMatchObject({
    Statement: [{ Effect: 'Deny', Action: '*', Condition: { StringEquals: { 'aws:userid': session } } }],
  });
});
