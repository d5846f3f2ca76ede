import { sign } from 'node:crypto';
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetLoginProfileCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAccessKeysCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { BaselineStore } from '../../lambdas/aws/baseline-store.ts';
import { readIamState } from '../../lambdas/aws/iam-state.ts';
import { capturePolicy, capturePrincipal } from '../../lambdas/core/iam/baseline/capture.ts';
import {
  type BaselinePredicate,
  describeApproval,
  describeBaseline,
} from '../../lambdas/core/iam/baseline/statement.ts';
import { prepareStatement, writeKeyBundle } from '../../lambdas/core/signature/key-bundle.ts';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { internalsOf } from '../../local/account/internals.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { BASELINES } from '../../local/scenarios/trust.ts';
import { fullConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';

const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
const { initialRoots: _roots, ...trust } = fullConfiguration.compiled.trust;
const template = describeTemplate({ ...fullConfiguration.compiled, trust });
const policyOf = (action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const fields = z.record(z.string(), z.string());

let clock: VirtualClock;
let service: EmbeddedService;
afterEach(() => service?.stop());

/** A role with one inline policy and one attachment, and a signed baseline of exactly that. */
async function start(mode: 'observe' | 'approve' | 'enforce') {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  service = await startEmbeddedService({
    clock,
    graceSeconds: 600,
    random: seededRandom(1),
    onFailure: () => {},
    quarantine: true,
    iam: mode,
    template,
  });
  const { iam, s3 } = service.account.clients;
  await s3.send(new CreateBucketCommand({ Bucket: BASELINES }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: BASELINES, VersioningConfiguration: { Status: 'Enabled' } }));
  await iam.send(new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: TRUST }));
  await iam.send(new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'logs', PolicyDocument: policyOf('logs:*') }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }));
  await publish(ROLE);
  await settle();
  return service.account.clients;
}

async function stateOf(arn: string) {
  const live = await readIamState(service.account.clients.iam, arn);
  if (live === undefined) throw new Error(`${arn} is not there`);
  return live.kind === 'policy' ? capturePolicy(live) : capturePrincipal(live, new Set());
}

const signLine = (statement: Buffer) =>
  writeKeyBundle(statement, sign('sha256', prepareStatement(statement), service.releaseKey.keys.privateKey), 'release');

/** Signs what is there now, and puts it where the service looks. */
async function publish(arn: string, changes: Partial<BaselinePredicate> = {}, approve = false) {
  const now = new Date(clock.now()).toISOString();
  const state = changes.state ?? (await stateOf(arn));
  const statement = approve
    ? describeApproval({
        state,
        baselineVersion: 1,
        reason: 'a test',
        issued: now,
        expires: new Date(clock.now() + 3_600_000).toISOString(),
      })
    : describeBaseline({ state, version: 1, created: now, ...changes });
  const store = new BaselineStore(service.account.clients.s3, BASELINES);
  const former = await store.read(arn);
  await store.write(arn, `${former?.text ?? ''}${signLine(statement)}\n`, former);
}

async function settle() {
  await service.settle();
  await clock.advance(10 * 60_000);
  await service.settle();
}

const findingOf = (arn = ROLE) => service.observations.allFindings().find(({ Id }) => Id === `countersign/iam/${arn}`);
const fieldsOf = (arn = ROLE) => fields.parse(findingOf(arn)?.ProductFields ?? {});

async function listInline() {
  const { iam } = service.account.clients;
  return (await iam.send(new ListRolePoliciesCommand({ RoleName: 'app' }))).PolicyNames;
}

async function readInline(PolicyName: string) {
  const { iam } = service.account.clients;
  const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName: 'app', PolicyName }));
  return decodeURIComponent(PolicyDocument);
}

async function backdoor(document = policyOf('iam:*')) {
  const { iam } = service.account.clients;
  await iam.send(new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'backdoor', PolicyDocument: document }));
  await settle();
}

async function act(action: string, id = action, resource = ROLE) {
  const finding = findingOf(resource);
  const MessageBody = JSON.stringify({
    version: '0',
    id: `event-${id}`,
    'detail-type': 'Security Hub Findings - Custom Action',
    source: 'aws.securityhub',
    account: ACCOUNT,
    time: new Date(clock.now()).toISOString(),
    region: 'eu-west-1',
    resources: [`arn:aws:securityhub:eu-west-1:${ACCOUNT}:action/custom/Countersign${action}`],
    detail: { findings: [{ ...finding, AwsAccountId: ACCOUNT }] },
  });
  const QueueUrl = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/countersign-operator`;
  await service.account.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  await settle();
}

describe('a change of IAM', () => {
  test('that was signed is no finding, whoever makes it', async () => {
    const { iam } = await start('enforce');
    await iam.send(
      new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'new', PolicyDocument: policyOf('s3:Get*') }),
    );
    await publish(ROLE, { version: 2 });
    await settle();

    expect(findingOf()?.RecordState ?? 'ARCHIVED').toBe('ARCHIVED');
    expect(await listInline()).toEqual(['logs', 'new']);
  });

  test('that nobody signed is put right, verified and told', async () => {
    await start('enforce');
    await backdoor();

    expect(await listInline()).toEqual(['logs']);
    expect(findingOf()).toMatchObject({ RecordState: 'ARCHIVED', Compliance: { Status: 'PASSED' } });
    expect(fieldsOf()).toMatchObject({ 'countersign/PlanState': 'verified', 'countersign/Drift': 'covered' });
  });

  test('is put right in every part at once, down to the letter', async () => {
    const { iam } = await start('enforce');
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'app', PolicyName: 'logs' }));
    await iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: 'app', PolicyDocument: TRUST.replace('ec2', 'lambda') }),
    );
    await iam.send(
      new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
    );
    await settle();

    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'app' }));
    expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))).toEqual(JSON.parse(TRUST));
    expect(await stateOf(ROLE)).toMatchObject({ attached: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] });
    expect(await listInline()).toEqual(['logs']);
  });

  test('that comes back whenever it is put right stops the breaker, and both who are at odds are named', async () => {
    await start('enforce');
    for (const action of ['s3:Get*', 's3:Put*', 's3:List*']) await backdoor(policyOf(action));

    expect(await listInline()).toEqual(['backdoor', 'logs']);
    expect(findingOf()).toMatchObject({
      RecordState: 'ACTIVE',
      Title: 'role/app is contested: what was put right is changed again',
      FindingProviderFields: { Severity: { Label: 'CRITICAL' } },
    });
    expect(findingOf()?.Description).toMatch(/At odds: .*user\/operator.*\. /);
    expect(fieldsOf()).toMatchObject({ 'countersign/PlanState': 'failed' });

    await act('Approve');
    expect(await listInline()).toEqual(['logs']);
  });

  test('is told with the way to more rights that it adds, and the statement that gives it', async () => {
    const { iam } = await start('observe');
    await backdoor(policyOf('iam:PutRolePolicy'));

    expect(findingOf()).toMatchObject({
      Title: 'role/app gained a way to more rights that nobody signed',
      FindingProviderFields: { Severity: { Label: 'CRITICAL' } },
    });
    expect(findingOf()?.Description).toContain(
      'It adds escalation path iam-005 through statement 1 of inline policy backdoor. ',
    );
    expect(fieldsOf()['countersign/EscalationPaths']).toContain('iam-005');

    // With what it holds besides: neither right is a way alone, and one of them was signed.
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'app', PolicyName: 'backdoor' }));
    await iam.send(
      new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'logs', PolicyDocument: policyOf('iam:PassRole') }),
    );
    await publish(ROLE, { version: 2 });
    await backdoor(policyOf('ec2:RunInstances'));

    expect(fieldsOf()['countersign/EscalationPaths']).toBe(
      'ec2-001 through statement 1 of inline policy logs and statement 1 of inline policy backdoor, assuming a role for ec2.amazonaws.com with administrator rights',
    );
  });

  test('is told without one where it adds none', async () => {
    await start('observe');
    await backdoor(policyOf('s3:GetObject'));

    expect(findingOf()).toMatchObject({ Title: 'role/app is wider than what was signed' });
    expect(fieldsOf()).not.toHaveProperty('countersign/EscalationPaths');
  });

  test('in observe is told with what would be done, and left', async () => {
    await start('observe');
    await backdoor(policyOf('s3:*'));

    expect(await listInline()).toEqual(['backdoor', 'logs']);
    expect(findingOf()).toMatchObject({ RecordState: 'ACTIVE', Title: 'role/app is wider than what was signed' });
    expect(findingOf()?.Description).toMatch(
      /inline policy backdoor was added.*PutRolePolicy by .*would delete the inline policy backdoor/s,
    );
  });

  test('waits for an operator in approve, and an operator takes it back exactly', async () => {
    const odd = ` ${policyOf('iam:*')}\n `;
    await start('approve');
    await backdoor(odd);
    const waiting = [await listInline(), fieldsOf()['countersign/PlanState']];
    await act('Approve');
    const approved = [await listInline(), fieldsOf()['countersign/PlanState']];
    await act('Undo');

    expect(waiting).toEqual([['backdoor', 'logs'], 'proposed']);
    expect(approved).toEqual([['logs'], 'verified']);
    expect(await readInline('backdoor')).toBe(odd);
    expect(fieldsOf()['countersign/PlanState']).toBe('undone');
  });

  test('that an operator allowed by an undo is not put right again', async () => {
    await start('enforce');
    await backdoor();
    await act('Undo');
    await clock.advance(6 * 3_600_000);
    await settle();

    expect(await listInline()).toEqual(['backdoor', 'logs']);
    expect(findingOf()?.RecordState).toBe('ACTIVE');
  });

  test('that was approved by a signature is covered while the approval lasts', async () => {
    await start('enforce');
    const { iam, sqs } = service.account.clients;
    const state = await stateOf(ROLE);
    if (state.kind !== 'role') throw new Error('not a role');
    const document = JSON.parse(policyOf('iam:*'));
    await publish(ROLE, { state: { ...state, inline: [{ name: 'backdoor', document }, ...state.inline] } }, true);
    await iam.send(
      new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'backdoor', PolicyDocument: policyOf('iam:*') }),
    );
    await settle();
    const during = await listInline();
    await clock.advance(3_600_000);
    const QueueUrl = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/countersign-iam`;
    const detail = { resource: ROLE };
    const again = { source: 'countersign', 'detail-type': 'Countersign IAM Recheck', detail };
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(again) }));
    await settle();

    expect(during).toEqual(['backdoor', 'logs']);
    expect(await listInline()).toEqual(['logs']);
  });
});

describe('what CloudFormation does', () => {
  const deployAs = (invokedBy: string) =>
    internalsOf(service.account).iam.actAs({
      type: 'AssumedRole',
      arn: `arn:aws:iam::${ACCOUNT}:role/deployer`,
      invokedBy,
    });
  const put = (action: string) =>
    service.account.clients.iam.send(
      new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'more', PolicyDocument: policyOf(action) }),
    );
  const pass = (minutes: number) => clock.advance(minutes * 60_000);

  test('is waited for, and no finding where it ends as it was signed', async () => {
    const { iam } = await start('enforce');
    deployAs('cloudformation.amazonaws.com');
    await put('s3:Get*');
    await pass(4);
    const meanwhile = await listInline();
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'app', PolicyName: 'more' }));
    await settle();

    expect(meanwhile).toEqual(['logs', 'more']);
    expect(findingOf()).toBeUndefined();
  });

  test('is judged after a fixed time, however often it goes on, and told with who did it', async () => {
    await start('approve');
    deployAs('cloudformation.amazonaws.com');
    for (const action of ['s3:Get*', 's3:List*', 's3:GetObject']) {
      await put(action);
      await pass(1.6);
    }
    const before = findingOf();
    await pass(1);

    expect(before).toBeUndefined();
    expect(fieldsOf()['countersign/PlanState']).toBe('proposed');
    expect(findingOf()?.Description).toContain('invoked by cloudformation.amazonaws.com');
  });

  test.each([
    ['that opens a way to more rights', 'cloudformation.amazonaws.com', 'iam:*'],
    ['that only calls itself so', 'cloudformation.amazonaws.com.example', 's3:Get*'],
  ])('is not waited for: one %s', async (_, invokedBy, action) => {
    await start('enforce');
    deployAs(invokedBy);
    await put(action);
    await pass(1);

    expect(await listInline()).toEqual(['logs']);
    expect(findingOf()).toBeDefined();
  });

  test('hides nothing that somebody else does meanwhile', async () => {
    await start('observe');
    deployAs('cloudformation.amazonaws.com');
    await put('s3:Get*');
    internalsOf(service.account).iam.actAs({ type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/operator` });
    await put('s3:List*');
    await pass(1);

    expect(findingOf()?.Description).toContain('user/operator');
  });
});

describe('nothing is changed', () => {
  test('while the kill switch is on', async () => {
    const { ssm } = await start('enforce');
    await ssm.send(new PutParameterCommand({ Name: '/countersign/kill-switch', Value: 'on', Overwrite: true }));
    await backdoor();

    expect(await listInline()).toEqual(['backdoor', 'logs']);
    expect(fieldsOf()['countersign/PlanState']).toBe('failed');
  });

  test.each([
    ['has ended', { expires: '2026-11-23T12:00:01Z', version: 2 }],
    ['is of tomorrow', { created: '2026-11-24T12:00:00Z', version: 2 }],
  ])('on the strength of a baseline that %s', async (_, changes) => {
    await start('enforce');
    await publish(ROLE, changes);
    await backdoor();

    expect(await listInline()).toEqual(['backdoor', 'logs']);
    expect(fieldsOf()['countersign/Drift']).toBe('unreadable-baseline');
  });

  test('on the strength of an older baseline that somebody put back', async () => {
    const { s3 } = await start('enforce');
    const store = new BaselineStore(s3, BASELINES);
    const old = await store.read(ROLE);
    await publish(ROLE, { version: 2 });
    await backdoor();
    await service.account.clients.iam.send(
      new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'second', PolicyDocument: policyOf('s3:*') }),
    );
    await settle();
    await store.write(ROLE, old?.text ?? '', await store.read(ROLE));
    await backdoor();

    expect(await listInline()).toEqual(['backdoor', 'logs']);
    expect(findingOf()?.Description).toMatch(/rolled-back/);
  });

  test('about a principal that nobody declared', async () => {
    const { iam } = await start('enforce');
    await iam.send(new CreateRoleCommand({ RoleName: 'rogue', AssumeRolePolicyDocument: TRUST }));
    await settle();

    expect(findingOf(`arn:aws:iam::${ACCOUNT}:role/rogue`)).toMatchObject({ RecordState: 'ACTIVE' });
    expect((await iam.send(new GetRoleCommand({ RoleName: 'rogue' }))).Role?.RoleName).toBe('rogue');
  });

  test('about one that was deleted', async () => {
    const { iam } = await start('enforce');
    await iam.send(new CreateRoleCommand({ RoleName: 'short', AssumeRolePolicyDocument: TRUST }));
    const arn = `arn:aws:iam::${ACCOUNT}:role/short`;
    await publish(arn);
    await settle();
    await iam.send(new DeleteRoleCommand({ RoleName: 'short' }));
    await settle();

    expect(findingOf(arn)).toMatchObject({ RecordState: 'ACTIVE', ProductFields: { 'countersign/Drift': 'deleted' } });
  });

  test('about one that the configuration protects', async () => {
    const { iam } = await start('enforce');
    await iam.send(new CreateRoleCommand({ RoleName: 'break-glass', AssumeRolePolicyDocument: TRUST }));
    const arn = `arn:aws:iam::${ACCOUNT}:role/break-glass`;
    await publish(arn);
    await iam.send(
      new PutRolePolicyCommand({ RoleName: 'break-glass', PolicyName: 'x', PolicyDocument: policyOf('*') }),
    );
    await settle();

    expect(findingOf(arn)?.Description).toMatch(/protected by the configuration/);
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName: 'break-glass' }))).PolicyNames).toEqual(['x']);
  });
});

describe('the sweep', () => {
  test('finds a change whose event was lost, and nothing where there is none', async () => {
    await start('enforce');
    const { faults } = service.account;
    faults.lossRate = 1;
    await service.account.clients.iam.send(
      new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'backdoor', PolicyDocument: policyOf('iam:*') }),
    );
    await clock.advance(1);
    faults.lossRate = 0;
    const before = await listInline();
    await clock.advance(3_600_000);
    await settle();

    expect(before).toEqual(['backdoor', 'logs']);
    expect(await listInline()).toEqual(['logs']);
    expect(fieldsOf()['countersign/PlanState']).toBe('verified');
  });
});

/** Does something of which no event arrives, and lets the next sweep pass. */
async function unseen(act: () => Promise<unknown>) {
  const { faults } = service.account;
  faults.lossRate = 1;
  await act();
  await clock.advance(1);
  faults.lossRate = 0;
  await clock.advance(3_600_000);
  await settle();
}

describe('the credentials of a user', () => {
  const ana = { UserName: 'ana' };
  const ANA = `arn:aws:iam::${ACCOUNT}:user/ana`;
  let signedKey: string | undefined;
  /** That of the signed key first. */
  const keysOf = async () => {
    const { AccessKeyMetadata = [] } = await service.account.clients.iam.send(new ListAccessKeysCommand(ana));
    const isSigned = ({ AccessKeyId }: { AccessKeyId?: string }) => AccessKeyId === signedKey;
    return AccessKeyMetadata.toSorted((one, other) => Number(isSigned(other)) - Number(isSigned(one))).map(
      ({ Status }) => Status,
    );
  };

  async function withUser() {
    const { iam } = await start('enforce');
    await iam.send(new CreateUserCommand(ana));
    signedKey = (await iam.send(new CreateAccessKeyCommand(ana))).AccessKey?.AccessKeyId;
    await publish(ANA);
    await settle();
    return iam;
  }

  test.each(['with', 'without'])('an access key that nobody signed is switched off, %s its event', async (event) => {
    const iam = await withUser();
    const make = () => iam.send(new CreateAccessKeyCommand(ana));
    if (event === 'with') await make();
    else await unseen(make);
    await settle();

    expect(await keysOf()).toEqual(['Active', 'Inactive']);
    expect(findingOf(ANA)).toMatchObject({ RecordState: 'ARCHIVED' });
    expect(fieldsOf(ANA)).toMatchObject({ 'countersign/PlanState': 'verified', 'countersign/Drift': 'covered' });
  });

  test('a password that nobody signed waits for an operator, while the rest is put right', async () => {
    const iam = await withUser();
    await iam.send(new CreateLoginProfileCommand({ ...ana, Password: 'not to be told' }));
    await iam.send(new CreateAccessKeyCommand(ana));
    await settle();
    await iam.send(new GetLoginProfileCommand(ana));
    const waiting = findingOf(ANA);
    await act('Approve', 'wrong', ANA);
    await iam.send(new GetLoginProfileCommand(ana));
    await act('Delete', 'right', ANA);

    expect(await keysOf()).toEqual(['Active', 'Inactive']);
    expect(waiting?.Description).toMatch(/"Countersign delete" would delete the password.*cannot be undone/s);
    await expect(iam.send(new GetLoginProfileCommand(ana))).rejects.toThrow(/Login Profile/);
    expect(findingOf(ANA)?.RecordState).toBe('ARCHIVED');
    expect(JSON.stringify(service.observations.allFindings())).not.toContain('not to be told');
  });
});

describe('what is gone without an event', () => {
  const short = { RoleName: 'short', Path: '/team/' };
  const SHORT = `arn:aws:iam::${ACCOUNT}:role/team/short`;
  const create = () =>
    service.account.clients.iam.send(new CreateRoleCommand({ ...short, AssumeRolePolicyDocument: TRUST }));
  const remove = () => service.account.clients.iam.send(new DeleteRoleCommand({ RoleName: 'short' }));

  test('is told where a baseline declares it, under its whole ARN, and never made anew', async () => {
    const { iam } = await start('enforce');
    await create();
    await publish(SHORT);
    await settle();
    await unseen(remove);
    const told = findingOf(SHORT);
    await unseen(async () => {});

    expect(told).toMatchObject({ RecordState: 'ACTIVE', ProductFields: { 'countersign/Drift': 'deleted' } });
    expect(findingOf(SHORT)?.UpdatedAt).toBe(told?.UpdatedAt);
    expect(told?.Description).toMatch(/Nothing is created automatically/);
    await expect(iam.send(new GetRoleCommand({ RoleName: 'short' }))).rejects.toThrow(/short/);
    expect(findingOf(`arn:aws:iam::${ACCOUNT}:role/short`)).toBeUndefined();
  });

  test('is told under its whole ARN also where the event came', async () => {
    await start('enforce');
    await create();
    await publish(SHORT);
    await remove();
    await settle();

    expect(fieldsOf(SHORT)['countersign/Drift']).toBe('deleted');
  });

  test('closes its finding where no baseline declares it', async () => {
    await start('enforce');
    await create();
    await settle();
    const undeclared = fieldsOf(SHORT)['countersign/Drift'];
    await unseen(remove);

    expect(undeclared).toBe('undeclared');
    expect(findingOf(SHORT)).toMatchObject({ RecordState: 'ARCHIVED', ProductFields: { 'countersign/Drift': 'gone' } });
  });

  test('closes its finding where another of its name has another path', async () => {
    await start('enforce');
    await create();
    await settle();
    await unseen(async () => {
      await remove();
      await service.account.clients.iam.send(
        new CreateRoleCommand({ RoleName: 'short', Path: '/other/', AssumeRolePolicyDocument: TRUST }),
      );
    });

    expect(fieldsOf(SHORT)['countersign/Drift']).toBe('gone');
    expect(fieldsOf(`arn:aws:iam::${ACCOUNT}:role/other/short`)['countersign/Drift']).toBe('undeclared');
  });
});

describe('a managed policy', () => {
  test('whose signed version was pushed out gets its document back', async () => {
    const { iam } = await start('enforce');
    const created = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'reader', PolicyDocument: policyOf('s3:Get*') }),
    );
    const arn = created.Policy?.Arn ?? '';
    await publish(arn);
    await settle();
    for (const action of ['s3:*', 'ec2:*', 'sqs:*', 'iam:*']) {
      await iam.send(
        new CreatePolicyVersionCommand({ PolicyArn: arn, PolicyDocument: policyOf(action), SetAsDefault: true }),
      );
    }
    await settle();

    expect(await stateOf(arn)).toMatchObject({ document: JSON.parse(policyOf('s3:Get*')) });
    expect(fieldsOf(arn)).toMatchObject({ 'countersign/Drift': 'covered', 'countersign/PlanState': 'verified' });
  });
});
