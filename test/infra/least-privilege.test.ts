import { beforeAll, describe, expect, it } from 'vitest';
import { synthesizeTemplate } from '../../lib/synthesize.ts';
import { type DeniedCall, proveLeastPrivilege } from '../support/least-privilege.ts';
import { type RecordedCall, rightsFor } from '../support/recorded-calls.ts';
import { findFunction, readTemplate, resolveText, resourcesOf, type Template } from '../support/template.ts';
import { testConfiguration } from './configuration.ts';

const place = { account: '111122223333', region: 'eu-west-1' };
const repository = { repositoryName: 'team/app' };
const arn = (service: string, resource: string) => `arn:aws:${service}:${place.region}:${place.account}:${resource}`;

/** What no function of this version may do, whatever its code becomes. */
const denied: DeniedCall[] = [
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
  { action: 'ecr:BatchGetImage', resource: 'arn:aws:ecr:us-east-1:111122223333:repository/team/app' },
  { action: 'iam:CreateUser', resource: 'arn:aws:iam::111122223333:user/x' },
  { action: 'iam:AttachRolePolicy', resource: 'arn:aws:iam::111122223333:role/x' },
  { action: 'iam:PutRolePolicy', resource: 'arn:aws:iam::111122223333:role/x' },
  { action: 'iam:PassRole', resource: 'arn:aws:iam::111122223333:role/x' },
  { action: 'sts:AssumeRole', resource: 'arn:aws:iam::111122223333:role/x' },
  { action: 'kms:ScheduleKeyDeletion', resource: arn('kms', 'key/SERVICE') },
  { action: 'kms:PutKeyPolicy', resource: arn('kms', 'key/SERVICE') },
  { action: 'kms:Decrypt', resource: arn('kms', 'key/SERVICE') },
  { action: 'kms:Decrypt', resource: arn('kms', 'key/another') },
  { action: 'securityhub:BatchUpdateFindings', resource: arn('securityhub', 'hub/default') },
  { action: 'securityhub:BatchImportFindings', resource: arn('securityhub', 'product/aws/guardduty') },
  { action: 'securityhub:DisableSecurityHub', resource: arn('securityhub', 'hub/default') },
  { action: 'ssm:PutParameter', resource: arn('ssm', 'parameter/countersign/kill-switch') },
  { action: 'lambda:UpdateFunctionCode', resource: arn('lambda', 'function:countersign-image-reaction') },
  { action: 'logs:DeleteLogGroup', resource: arn('logs', 'log-group:LOGS') },
  { action: 'events:DisableRule', resource: arn('events', 'rule/countersign-images') },
  { action: 'sqs:PurgeQueue', resource: arn('sqs', 'countersign-image') },
  { action: 'sqs:DeleteMessage', resource: arn('sqs', 'countersign-image-dead-letters') },
  { action: 'sqs:SendMessage', resource: arn('sqs', 'another-queue') },
  ...['DeleteTable', 'DeleteItem', 'Scan', 'UpdateTable', 'UpdateTimeToLive'].map((name) => ({
    action: `dynamodb:${name}`,
    resource: arn('dynamodb', 'table/VERDICTS'),
  })),
  { action: 'dynamodb:PutItem', resource: arn('dynamodb', 'table/another') },
];

let template: Template;
let names: Record<string, string>;
beforeAll(() => {
  template = readTemplate(synthesizeTemplate({ configuration: testConfiguration }));
  const only = (type: string) => resourcesOf(template, type)[0]?.[0] ?? '';
  names = { [only('AWS::DynamoDB::Table')]: 'VERDICTS', [only('AWS::KMS::Key')]: 'SERVICE' };
});

const environmentOf = (name: string, variable: string) => {
  const environment = findFunction(template, name)[1].Properties.Environment;
  const variables =
    environment !== null && typeof environment === 'object' && 'Variables' in environment ? environment.Variables : {};
  return resolveText(
    template,
    variables !== null && typeof variables === 'object' ? Reflect.get(variables, variable) : undefined,
    { ...place, names },
  );
};

/** What Lambda itself does with the function's role: polls its queue, writes logs and traces. */
const pollerCalls = (queue: string): RecordedCall[] =>
  ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'].map((name) => ({
    command: 'event source mapping',
    action: `sqs:${name}`,
    resource: arn('sqs', queue),
  }));
const runtimeCalls: RecordedCall[] = ['PutTraceSegments', 'PutTelemetryRecords'].map((name) => ({
  command: 'runtime',
  action: `xray:${name}`,
  resource: '*',
}));
const logCalls = (name: string): RecordedCall[] => {
  const logs = findFunction(template, name)[1].Properties.LoggingConfig;
  const group = resolveText(
    template,
    logs !== null && typeof logs === 'object' ? Reflect.get(logs, 'LogGroup') : undefined,
    { ...place, names },
  );
  return ['CreateLogStream', 'PutLogEvents'].map((action) => ({
    command: 'runtime',
    action: `logs:${action}`,
    resource: arn('logs', `log-group:${group}:log-stream:x`),
  }));
};

/** The calls each function is written to make, by the commands its adapters send. */
const written: Record<string, () => RecordedCall[]> = {
  'image-reaction': () => [
    ...[
      'BatchGetImageCommand',
      'ListImageReferrersCommand',
      'GetDownloadUrlForLayerCommand',
      'DescribeImagesCommand',
    ].flatMap((command) => rightsFor(command, repository, place)),
    ...['GetItemCommand', 'PutItemCommand', 'UpdateItemCommand'].flatMap((command) =>
      rightsFor(command, { TableName: environmentOf('image-reaction', 'VERDICT_TABLE') }, place),
    ),
    ...['IMAGE_QUEUE_URL', 'FINDINGS_QUEUE_URL', 'REJECTED_QUEUE_URL'].flatMap((variable) =>
      rightsFor('SendMessageCommand', { QueueUrl: environmentOf('image-reaction', variable) }, place),
    ),
    ...pollerCalls('countersign-image'),
  ],
  recorder: () => [
    ...rightsFor(
      'BatchImportFindingsCommand',
      { Findings: [{ ProductArn: arn('securityhub', `product/${place.account}/default`) }] },
      place,
    ),
    ...rightsFor('SendMessageCommand', { QueueUrl: environmentOf('recorder', 'REJECTED_QUEUE_URL') }, place),
    ...pollerCalls('countersign-findings'),
  ],
  sweep: () => [
    ...rightsFor('DescribeRepositoriesCommand', {}, place),
    ...['ListImagesCommand', 'DescribeImagesCommand'].flatMap((command) => rightsFor(command, repository, place)),
    ...rightsFor('GetItemCommand', { TableName: environmentOf('sweep', 'VERDICT_TABLE') }, place),
    ...rightsFor('BatchGetItemCommand', { RequestItems: { [environmentOf('sweep', 'VERDICT_TABLE')]: {} } }, place),
    ...rightsFor('SendMessageBatchCommand', { QueueUrl: environmentOf('sweep', 'IMAGE_QUEUE_URL') }, place),
  ],
};

/** Rights that DynamoDB may use on behalf of the caller and that the simulation does not ask for: it asks for kms:Decrypt alone. */
const dynamodbKeyRights = [
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

describe.each(Object.keys(written))('the role of %s', (name) => {
  it('allows what the function does, denies what it must never do, and holds nothing else', async () => {
    const calls = [...(written[name]?.() ?? []), ...runtimeCalls, ...logCalls(name)];

    const proof = await proveLeastPrivilege(template, name, calls, denied, { ...place, names });

    expect(proof.missing).toEqual([]);
    expect(proof.excessive).toEqual([]);
    expect(proof.unused.filter((action) => !dynamodbKeyRights.includes(action))).toEqual([]);
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
    expect(() => rightsFor('DeleteRepositoryCommand', repository, place)).toThrow(
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
