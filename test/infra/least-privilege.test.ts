import { RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import { CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PLAYBOOKS } from '../../lambdas/core/controls/playbooks/index.ts';
import { PLAYBOOK_NAMES } from '../../lambdas/core/playbook-names.ts';
import { synthesizeTemplate } from '../../lib/synthesize.ts';
import { virtualClock } from '../../local/account/clock.ts';
import { internalsOf } from '../../local/account/internals.ts';
import { type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { deleted } from '../../local/scenarios/deleted.ts';
import { platformImage } from '../../local/scenarios/platform-image.ts';
import { pushBundle, pushNewImage } from '../../local/scenarios/pushing.ts';
import { quarantined } from '../../local/scenarios/quarantined.ts';
import type { Scenario } from '../../local/scenarios/scenario.ts';
import { signedByKey } from '../../local/scenarios/signed-by-key.ts';
import { signedByWorkflow } from '../../local/scenarios/signed-by-workflow.ts';
import { unsigned } from '../../local/scenarios/unsigned.ts';
import { githubWorkflow } from '../../local/sigstore/fulcio.ts';
import { seededRandom } from '../local/account/prepare.ts';

import { addConfigRule, CONFIG_RULE, complianceChange } from '../support/config.ts';

import { guardDutyEvent, heldFinding } from '../support/guardduty.ts';
import { driftEverywhere, prepareIam } from '../support/iam-drift-everywhere.ts';
import { lambdaContext } from '../support/lambda-context.ts';
import { type DeniedCall, proveLeastPrivilege } from '../support/least-privilege.ts';
import { identifierOf, makeFault } from '../support/playbooks.ts';
import { type CallRecorder, createCallRecorder, type RecordedCall, rightsFor } from '../support/recorded-calls.ts';
import { findFunction, readTemplate, resolveText, resourcesOf, type Template } from '../support/template.ts';
import { fullConfiguration } from './configuration.ts';

const place = { account: '123456789012', region: 'eu-west-1' };
const arn = (service: string, resource: string) => `arn:aws:${service}:${place.region}:${place.account}:${resource}`;
const readers: Readonly<Record<string, string>> = {
  'image-reaction': 'countersign-image',
  recorder: 'countersign-findings',
  'plan-executor': 'countersign-plan',
  'operator-action': 'countersign-operator',
  'iam-reaction': 'countersign-iam',
  'guardduty-reaction': 'countersign-guardduty',
  'config-reaction': 'countersign-config',
};

/** What the executor alone may do: to images, and to principals that are neither protected nor its own. */
const CHANGES = [
  'ecr:BatchDeleteImage',
  'ecr:PutImage',
  'ecr:UpdateImageStorageClass',
  'iam:AttachRolePolicy',
  'iam:DeleteLoginProfile',
  'iam:PutRolePolicy',
  'iam:UpdateAccessKey',
  'cloudtrail:StopLogging',
  'ec2:AuthorizeSecurityGroupIngress',
  'ec2:ModifyInstanceMetadataOptions',
  'ec2:ModifySnapshotAttribute',
  'ecr:PutImageTagMutability',
  'kms:DisableKeyRotation',
  's3:PutBucketPolicy',
  's3:PutBucketPublicAccessBlock',
];

/** What no function may do, whatever its code becomes; changes are for the executor, and words beside findings of others for the recorder. */
const deniedTo = (name: string): DeniedCall[] =>
  denied().filter(
    ({ action }) =>
      (name !== 'plan-executor' || !CHANGES.includes(action)) &&
      (name !== 'recorder' || action !== 'securityhub:BatchUpdateFindings') &&
      // Of all functions one lists verdicts, to show them.
      (name !== 'config-evaluation' || action !== 'dynamodb:Scan'),
  );

const denied = (): DeniedCall[] => [
  ...[
    'BatchDeleteImage',
    'PutImage',
    'DeleteRepository',
    'SetRepositoryPolicy',
    'PutImageTagMutability',
    'UpdateImageStorageClass',
  ].map((name) => ({ action: `ecr:${name}`, resource: arn('ecr', 'repository/team/app') })),
  { action: 'ecr:PutSigningConfiguration', resource: '*' },
  { action: 'ecr:BatchGetImage', resource: 'arn:aws:ecr:eu-west-1:999999999999:repository/team/app' },
  { action: 'ecr:BatchGetImage', resource: 'arn:aws:ecr:us-east-1:123456789012:repository/team/app' },
  { action: 'iam:CreateUser', resource: 'arn:aws:iam::123456789012:user/x' },
  ...['CreateAccessKey', 'CreateLoginProfile', 'UpdateLoginProfile', 'UpdateAccessKey', 'DeleteLoginProfile'].map(
    (name) => ({
      action: `iam:${name}`,
      resource: 'arn:aws:iam::123456789012:user/x',
    }),
  ),
  { action: 's3:PutBucketPublicAccessBlock', resource: 'arn:aws:s3:::acme-logs' },
  { action: 's3:PutBucketPolicy', resource: 'arn:aws:s3:::acme-logs' },
  { action: 'cloudtrail:StopLogging', resource: arn('cloudtrail', 'trail/main') },
  { action: 'cloudtrail:DeleteTrail', resource: arn('cloudtrail', 'trail/main') },
  { action: 'ec2:AuthorizeSecurityGroupIngress', resource: arn('ec2', 'security-group/sg-0123456789abcdef0') },
  { action: 'ec2:ModifyInstanceMetadataOptions', resource: arn('ec2', 'instance/i-0123456789abcdef0') },
  { action: 'ec2:TerminateInstances', resource: arn('ec2', 'instance/i-0123456789abcdef0') },
  { action: 'ec2:ModifySnapshotAttribute', resource: 'arn:aws:ec2:eu-west-1::snapshot/snap-0123456789abcdef0' },
  { action: 'kms:DisableKeyRotation', resource: arn('kms', 'key/another') },
  { action: 'iam:AttachRolePolicy', resource: 'arn:aws:iam::123456789012:role/x' },
  { action: 'iam:PutRolePolicy', resource: 'arn:aws:iam::123456789012:role/x' },
  { action: 'iam:PassRole', resource: 'arn:aws:iam::123456789012:role/x' },
  { action: 'sts:AssumeRole', resource: 'arn:aws:iam::123456789012:role/x' },
  { action: 'kms:ScheduleKeyDeletion', resource: arn('kms', 'key/SERVICE') },
  { action: 'kms:PutKeyPolicy', resource: arn('kms', 'key/SERVICE') },
  { action: 'kms:Decrypt', resource: arn('kms', 'key/SERVICE') },
  { action: 'kms:Decrypt', resource: arn('kms', 'key/another') },
  { action: 'securityhub:BatchUpdateFindings', resource: arn('securityhub', 'hub/default') },
  { action: 'securityhub:BatchImportFindings', resource: arn('securityhub', 'product/aws/guardduty') },
  { action: 'securityhub:DisableSecurityHub', resource: arn('securityhub', 'hub/default') },
  { action: 'ssm:PutParameter', resource: arn('ssm', 'parameter/countersign/kill-switch') },
  { action: 'lambda:UpdateFunctionCode', resource: arn('lambda', 'function:countersign-image-reaction') },
  { action: 'events:DisableRule', resource: arn('events', 'rule/countersign-images') },
  { action: 'sqs:PurgeQueue', resource: arn('sqs', 'countersign-image') },
  { action: 'sqs:DeleteMessage', resource: arn('sqs', 'countersign-image-dead-letters') },
  { action: 'sqs:SendMessage', resource: arn('sqs', 'another-queue') },
  ...['DeleteTable', 'DeleteItem', 'Scan', 'UpdateTable', 'UpdateTimeToLive'].flatMap((name) =>
    [table, ledger].map((of) => ({ action: `dynamodb:${name}`, resource: arn('dynamodb', `table/${of}`) })),
  ),
  { action: 'dynamodb:PutItem', resource: arn('dynamodb', 'table/another') },
];

/** Key rights that DynamoDB may use on behalf of the caller; the simulation asks for kms:Decrypt alone. */
const dynamodbKeyRights = [
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** Rights that no scenario asks for. */
const RARELY: Readonly<Record<string, readonly string[]>> = {
  // The list of the bucket is what makes S3 tell "missing" from "denied".
  'plan-executor': [
    // The ways back of playbooks.
    ...['ec2:AuthorizeSecurityGroupIngress', 'ec2:AuthorizeSecurityGroupEgress', 'ec2:CreateTags'],
    ...[
      'ec2:DisableEbsEncryptionByDefault',
      'kms:DisableKeyRotation',
      'cloudtrail:StopLogging',
      'iam:DeleteAccountPasswordPolicy',
      's3:DeleteBucketPolicy',
    ],
    's3:ListBucket',
  ],
  'iam-reaction': ['s3:ListBucket'],
  // Checks that fail, or pass again.
  'iam-sweep': ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
  // What was planted a day before, and a report that did not come.
  heartbeat: ['iam:DeleteRolePolicy', 'sqs:SendMessage', 'kms:GenerateDataKey', 'kms:Decrypt'],
};

const clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
const failures: unknown[] = [];
let template: Template;
let names: Record<string, string>;
let table: string;
let ledger: string;
let recorder: CallRecorder;
let service: EmbeddedService | undefined;

const handlerModule = z.object({
  createHandler: z.custom<(wiring: unknown) => (...args: unknown[]) => unknown>((value) => typeof value === 'function'),
});

/** The handler as it is deployed, but everything it sends is recorded under its name. */
async function loadRecorded(name: string): Promise<unknown> {
  const file = new URL(`../../lambdas/${name}/handler.ts`, import.meta.url).href;
  const { createHandler } = handlerModule.parse(await import(file));
  return {
    createHandler: (wiring: unknown) => {
      const handler = createHandler(wiring);
      return (...args: unknown[]) => recorder.runAs(name, () => handler(...args));
    },
  };
}

beforeAll(async () => {
  template = readTemplate(synthesizeTemplate({ configuration: fullConfiguration }));
  recorder = createCallRecorder(place);
  service = await startEmbeddedService({
    clock,
    graceSeconds: 600,
    refreshRoots: true,
    quarantine: true,
    iam: 'enforce',
    guardDuty: 'enforce',
    config: fullConfiguration.compiled.config,
    random: seededRandom(1),
    onFailure: (_scenario, error) => failures.push(error),
    loadHandler: loadRecorded,
  });
  const { clients, faults } = service.account;
  for (const client of [clients.ecr, clients.sqs, clients.securityHub, clients.ssm]) recorder.watch(client);
  recorder.watch(clients.ecs);
  recorder.watch(clients.lambda);
  recorder.watch(clients.ec2);
  recorder.watch(clients.kms);
  recorder.watch(clients.cloudtrail);
  recorder.watch(clients.iam);
  recorder.watch(clients.s3);
  recorder.watch(clients.awsConfig);
  recorder.watch(clients.dynamodb);
  for (const scenario of [signedByWorkflow, signedByKey, platformImage, deleted, unsigned, quarantined])
    await service.run(scenario);
  await prepareIam(service);
  await service.settle();
  await clients.s3.send(new CreateBucketCommand({ Bucket: 'acme-logs' }));
  await raiseThreats(service.account);
  addConfigRule(service.account);
  await raiseFaults(service.account);
  service.account.emit(complianceChange());
  await raiseResultOfRole(service);
  await driftEverywhere(service);
  await clock.advance(600_000);
  await runOtherImages(service.account);
  await service.run(signedByStranger);
  await service.settle();
  await operate('undo', service);
  await operate('delete', service);
  await deployActions(service);
  // What is rejected goes ways of its own.
  for (const queue of Object.values(readers)) {
    const QueueUrl = `https://sqs.${place.region}.amazonaws.com/${place.account}/${queue}`;
    await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'not a message' }));
  }
  await service.settle();
  // An image whose event is lost is the sweep's to find.
  faults.lossRate = 1;
  await service.run(unsigned);
  await clock.advance(1);
  faults.lossRate = 0;
  await clock.advance(6 * 60 * 60_000 + 60_000);
  await service.settle();
  // The embedded account names what has no name of its own after its logical id.
  const tables = resourcesOf(template, 'AWS::DynamoDB::Table').map(([logicalId]) => logicalId);
  const physical = recorder
    .calls('plan-executor')
    .concat(
      ...['iam-reaction', 'guardduty-reaction', 'config-reaction', 'config-evaluation', 'config-sweep'].map((name) =>
        recorder.calls(name),
      ),
    )
    .flatMap(({ resource }) => (resource.includes(':table/') ? [resource.split('/').at(-1) ?? ''] : []));
  names = {
    ...Object.fromEntries(tables.map((id) => [id, physical.find((name) => name.includes(id)) ?? ''])),
    [resourcesOf(template, 'AWS::KMS::Key')[0]?.[0] ?? '']: 'SERVICE',
    ...Object.fromEntries(
      resourcesOf(template, 'AWS::SSM::Parameter').map(([id, { Properties }]) => [id, String(Properties.Name)]),
    ),
  };
  table = Object.entries(names).find(([id]) => id.startsWith('VerdictStore'))?.[1] ?? '';
  ledger = Object.entries(names).find(([id]) => id.startsWith('PlanLedger'))?.[1] ?? '';
}, 60_000);
afterAll(() => service?.stop());

/** A result about a role whose drift is known. */
async function raiseResultOfRole({ account }: EmbeddedService): Promise<void> {
  const { Role } = await account.clients.iam.send(new GetRoleCommand({ RoleName: 'free' }));
  const about = { resourceType: 'AWS::IAM::Role', resourceId: Role?.RoleId ?? '' };
  account.emit(complianceChange({ about }));
}

/** A finding of GuardDuty that Security Hub holds, about a session of a role, and one about a user with a key. */
async function raiseThreats(account: EmbeddedService['account']): Promise<void> {
  const { iam } = account.clients;
  internalsOf(account).securityHub.receive(heldFinding());
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const role = { RoleName: 'web', AssumeRolePolicyDocument: JSON.stringify(trust) };
  const { Role } = await iam.send(new CreateRoleCommand(role));
  const { User } = await iam.send(new CreateUserCommand({ UserName: 'leaked' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'leaked' }));
  const accessKeyId = AccessKey?.AccessKeyId;
  const session = { principalId: `${Role?.RoleId}:i-1234567890abcdef0`, userType: 'AssumedRole', userName: 'web' };
  const user = { principalId: User?.UserId, userType: 'IAMUser', userName: 'leaked' };
  const image = `${place.account}.dkr.ecr.${place.region}.amazonaws.com/acme/other:1`;
  const ecsClusterDetails = {
    taskDetails: { containers: [{ image }, { image: `${image}@sha256:${'0'.repeat(64)}` }] },
  };
  const task = { resourceType: 'ECSCluster', ecsClusterDetails };
  const type = 'Execution:Runtime/ReverseShell';
  account.emit(guardDutyEvent({ id: 'c0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3', type, resource: task }, { id: 'task' }));
  for (const [id, who] of [
    ['a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3', session],
    ['b0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3', user],
  ] as const) {
    account.emit(
      guardDutyEvent(
        { id, resource: { resourceType: 'AccessKey', accessKeyDetails: { accessKeyId, ...who } } },
        { id },
      ),
    );
  }
}

/** A fault for each playbook. */
async function raiseFaults(account: EmbeddedService['account']): Promise<void> {
  for (const name of PLAYBOOK_NAMES) {
    const { resource } = await makeFault(name, account.clients);
    const rule = { name: PLAYBOOKS[name].rules[0] ?? '', arn: `${CONFIG_RULE.arn}-${name}` };
    addConfigRule(account, rule, identifierOf(rule.name));
    const about = { resourceType: resource.type, resourceId: resource.id };
    account.emit(complianceChange({ rule, about }, { id: name }));
  }
}

/** Signed, but by somebody the policy of the quarantine does not name. */
const signedByStranger: Scenario = {
  ...quarantined,
  run: async (world) => {
    const image = await pushNewImage(world, 'vault/other');
    await pushBundle(world, 'vault/other', image, world.sigstore.signImageBundle(image.digest, githubWorkflow('x/y')));
    return { kind: 'image', repository: 'vault/other', digest: image.digest };
  },
};

/** A task and a function that run something else: the executor has to ask about them. */
async function runOtherImages({ clients }: EmbeddedService['account']): Promise<void> {
  const image = `${place.account}.dkr.ecr.${place.region}.amazonaws.com/acme/other:1`;
  await clients.ecs.send(
    new RegisterTaskDefinitionCommand({ family: 'other', containerDefinitions: [{ name: 'other', image }] }),
  );
  await clients.ecs.send(new RunTaskCommand({ taskDefinition: 'other' }));
  await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'other',
      PackageType: 'Image',
      Role: `arn:aws:iam::${place.account}:role/other`,
      Code: { ImageUri: image },
    }),
  );
}

/** An operator takes a quarantine back, and has a password deleted. */
async function operate(action: 'undo' | 'delete', { account, observations }: EmbeddedService): Promise<void> {
  const finding = observations.allFindings().find((one) => String(one.Description).includes(`Countersign ${action}`));
  const name = action === 'undo' ? 'CountersignUndo' : 'CountersignDelete';
  const event = {
    version: '0',
    id: action,
    'detail-type': 'Security Hub Findings - Custom Action',
    source: 'aws.securityhub',
    ...place,
    time: new Date(clock.now()).toISOString(),
    resources: [arn('securityhub', `action/custom/${name}`)],
    detail: { findings: [{ ...finding, AwsAccountId: place.account }] },
  };
  const QueueUrl = `https://sqs.${place.region}.amazonaws.com/${place.account}/countersign-operator`;
  await account.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
}

/** The stack comes, changes and goes. */
async function deployActions({ account }: EmbeddedService): Promise<void> {
  const { createHandler } = handlerModule.parse(await loadRecorded('action-targets'));
  const handler = createHandler({ clients: account.clients, environment: {}, fetch: async () => new Response() });
  for (const RequestType of ['Create', 'Update', 'Delete']) {
    const ids = { StackId: 's', RequestId: RequestType, LogicalResourceId: 'Targets' };
    const ResponseURL = 'https://cloudformation-custom-resource-response-euwest1.s3-eu-west-1.amazonaws.com/x';
    await handler({ RequestType, ResponseURL, ...ids }, lambdaContext('countersign-action-targets'));
  }
}

/** What Lambda does with the role of a function: writes its logs and traces, and polls its queue. */
function callsOfLambda(name: string): RecordedCall[] {
  const logging = z.object({ LogGroup: z.unknown() }).parse(findFunction(template, name)[1].Properties.LoggingConfig);
  const stream = arn('logs', `log-group:${resolveText(template, logging.LogGroup, { ...place, names })}:log-stream:x`);
  const queue = readers[name];
  const calls: [string, string][] = [
    ['logs:CreateLogStream', stream],
    ['logs:PutLogEvents', stream],
    ['xray:PutTraceSegments', '*'],
    ['xray:PutTelemetryRecords', '*'],
    ...(queue === undefined
      ? []
      : ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes']
    ).map((action): [string, string] => [`sqs:${action}`, arn('sqs', queue ?? '')]),
  ];
  return calls.map(([action, resource]) => ({ command: 'of Lambda itself', action, resource }));
}

describe.each([
  'image-reaction',
  'recorder',
  'sweep',
  'trust-refresh',
  'plan-executor',
  'operator-action',
  'iam-reaction',
  'iam-sweep',
  'heartbeat',
  'guardduty-reaction',
  'action-targets',
  'config-reaction',
  'config-evaluation',
  'config-sweep',
])('the role of %s', (name) => {
  it('allows what the function did in the embedded account, denies what it must never do, and holds nothing else', async () => {
    const did = recorder.calls(name);

    const proof = await proveLeastPrivilege(template, name, [...did, ...callsOfLambda(name)], deniedTo(name), {
      ...place,
      names,
    });

    expect(failures).toEqual([]);
    expect(did.length).toBeGreaterThan(0);
    expect(proof.missing).toEqual([]);
    expect(proof.excessive).toEqual([]);
    const rarely = RARELY[name] ?? [];
    expect(proof.unused.filter((action) => ![...dynamodbKeyRights, ...rarely].includes(action))).toEqual([]);
  });
});

describe('the role of trust-refresh', () => {
  it('reaches the rows of trusted roots and no verdict', async () => {
    const resource = arn('dynamodb', `table/${table}`);
    const keys = ['123456789012/eu-west-1/team/app@sha256:00', 'listed x', 'a trusted root x', 'trusted rootx'];
    const denied = ['PutItem', 'BatchGetItem'].flatMap((name) =>
      keys.map((leadingKey) => ({ action: `dynamodb:${name}`, resource, leadingKey })),
    );
    const allowed = { command: 'PutCommand', action: 'dynamodb:PutItem', resource, leadingKey: 'trusted root x' };

    const proof = await proveLeastPrivilege(template, 'trust-refresh', [allowed], denied, { ...place, names });

    expect(proof).toMatchObject({ missing: [], excessive: [] });
  });
});

describe('the role of plan-executor', () => {
  it('touches neither the roles of the service nor what is protected', async () => {
    const roles = ['role/break-glass-1', 'role/aws-service-role/x/y', 'role/aws-reserved/sso.amazonaws.com/z'];
    const own = resourcesOf(template, 'AWS::IAM::Role').map(
      ([id, { Properties }]) => `role/${Properties.RoleName ?? id}`,
    );
    const denied = [...roles, ...own].flatMap((name) =>
      ['PutRolePolicy', 'AttachRolePolicy', 'UpdateAssumeRolePolicy', 'DeleteRolePolicy'].map((action) => ({
        action: `iam:${action}`,
        resource: `arn:aws:iam::${place.account}:${name}`,
      })),
    );

    const proof = await proveLeastPrivilege(template, 'plan-executor', [], denied, { ...place, names });

    expect(own.length).toBeGreaterThan(5);
    expect(proof.excessive).toEqual([]);
  });
});

describe('what the service stands on', () => {
  it('is out of reach of playbooks', async () => {
    const denied = [
      { action: 's3:PutBucketPublicAccessBlock', resource: 'arn:aws:s3:::acme-baselines' },
      { action: 's3:PutBucketPolicy', resource: 'arn:aws:s3:::acme-baselines' },
      { action: 'kms:DisableKeyRotation', resource: arn('kms', 'key/SERVICE') },
      { action: 'kms:EnableKeyRotation', resource: arn('kms', 'key/SERVICE') },
    ];

    const proof = await proveLeastPrivilege(template, 'plan-executor', [], denied, { ...place, names });

    expect(proof.excessive).toEqual([]);
  });
});

describe('the proof itself', () => {
  it('reports a recorded call that the role does not allow', async () => {
    const call = { command: 'PutImageCommand', action: 'ecr:PutImage', resource: arn('ecr', 'repository/team/app') };

    const proof = await proveLeastPrivilege(template, 'image-reaction', [call], [], { ...place, names });

    expect(proof.missing).toEqual([`ecr:PutImage on ${call.resource}`]);
  });

  it('reports a call of the deny-list that the role allows', async () => {
    const call = { action: 'ecr:BatchGetImage', resource: arn('ecr', 'repository/team/app') };

    const proof = await proveLeastPrivilege(template, 'image-reaction', [], [call], { ...place, names });

    expect(proof.excessive).toEqual([`ecr:BatchGetImage on ${call.resource}`]);
  });

  it('refuses to guess what an unknown command needs', () => {
    expect(() => rightsFor('DeleteRepositoryCommand', { repositoryName: 'team/app' }, place)).toThrow(
      /no IAM action is known for DeleteRepositoryCommand/,
    );
  });

  it('fails on an action that IAM does not have', async () => {
    const call = { command: 'x', action: 'ecr:ListImageReferrers', resource: arn('ecr', 'repository/team/app') };

    await expect(proveLeastPrivilege(template, 'image-reaction', [call], [], { ...place, names })).rejects.toThrow(
      /invalid.action/,
    );
  });
});
