import {
  BatchImportFindingsCommand,
  GetFindingsCommand,
  LimitExceededException,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../lambdas/core/digest.ts';
import type { AsffFinding } from '../../lambdas/core/findings/asff.ts';
import { describeResult, type ResultFacts } from '../../lambdas/core/findings/describe-result.ts';
import { describeImageFinding } from '../../lambdas/core/findings/image-finding.ts';
import { createHandler } from '../../lambdas/recorder/handler.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const DEAD_LETTERS = 'https://sqs.eu-west-1.amazonaws.com/123456789012/countersign-findings-dead-letters';
const hub = mockClient(SecurityHubClient);
const sqs = mockClient(SQSClient);

beforeEach(() => {
  hub.reset();
  sqs.reset();
  hub.on(BatchImportFindingsCommand).callsFake(({ Findings }) => ({ SuccessCount: Findings.length, FailedCount: 0 }));
  sqs.on(SendMessageCommand).resolves({});
});

function findingOf(image: string, at = NOON): AsffFinding {
  return describeImageFinding({
    account: '123456789012',
    region: 'eu-west-1',
    repository: 'acme/app',
    digest: digestOf(image),
    state: 'invalid',
    firstSeenAt: NOON,
    findingUpdatedAt: at,
    tags: [],
    policy: 'acme-images',
    policyHash: 'sha256:policy',
    evidence: [],
    reasons: [],
  });
}

const bodyOf = (finding: unknown) => JSON.stringify({ version: 1, finding });

const record = (...bodies: string[]) => recordIn(60_000, ...bodies);

/** With so many milliseconds left of the invocation. */
async function recordIn(left: number, ...bodies: string[]): Promise<string[]> {
  const handler = createHandler({
    clients: {
      securityHub: new SecurityHubClient({ region: 'eu-west-1' }),
      sqs: new SQSClient({ region: 'eu-west-1' }),
    },
    environment: {
      REJECTED_QUEUE_URL: DEAD_LETTERS,
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_TRACE_ENABLED: 'false',
    },
    readCompiledConfig: () => '{}',
    fetch,
    clock: () => NOON,
    random: () => 0,
  });
  const Records = bodies.map((body, index) => ({ messageId: `message-${index}`, body }));
  const { batchItemFailures } = await handler({ Records } as SQSEvent, {
    ...context,
    getRemainingTimeInMillis: () => left,
  });
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const context = {
  functionName: 'countersign-recorder',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:countersign-recorder',
} as Context;

const imported = () => hub.commandCalls(BatchImportFindingsCommand).flatMap(({ args }) => args[0].input.Findings ?? []);
const rejected = () =>
  sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input.MessageAttributes?.code?.StringValue);

describe('the recorder', () => {
  test('imports what it is given in one call and keeps no message', async () => {
    expect(await record(bodyOf(findingOf('a')), bodyOf(findingOf('b')))).toEqual([]);

    expect(hub.commandCalls(BatchImportFindingsCommand)).toHaveLength(1);
    expect(imported().map(({ Id }) => Id)).toEqual([findingOf('a').Id, findingOf('b').Id]);
  });

  test('returns what failed for the moment by its id, and only that', async () => {
    hub.on(BatchImportFindingsCommand).resolves({
      SuccessCount: 1,
      FailedCount: 1,
      FailedFindings: [{ Id: findingOf('b').Id, ErrorCode: 'InternalFailure', ErrorMessage: 'try again' }],
    });

    expect(await record(bodyOf(findingOf('a')), bodyOf(findingOf('b')))).toEqual(['message-1']);
    expect(rejected()).toEqual([]);
  });

  test('puts what is refused for good to the dead letters with the reason', async () => {
    hub.on(BatchImportFindingsCommand).resolves({
      SuccessCount: 1,
      FailedCount: 1,
      FailedFindings: [{ Id: findingOf('b').Id, ErrorCode: 'InvalidInput', ErrorMessage: 'no' }],
    });

    expect(await record(bodyOf(findingOf('a')), bodyOf(findingOf('b')))).toEqual([]);
    expect(rejected()).toEqual(['InvalidInput']);
  });

  test('keeps every message where the call is throttled', async () => {
    hub.on(BatchImportFindingsCommand).rejects(new LimitExceededException({ message: 'slow down', $metadata: {} }));

    expect(await record(bodyOf(findingOf('a')), bodyOf(findingOf('b')))).toEqual(['message-0', 'message-1']);
  });

  test('of two versions of a finding writes the newer, in whatever order they come', async () => {
    const [older, newer] = [bodyOf(findingOf('a', NOON)), bodyOf(findingOf('a', NOON + 5))];

    await record(newer, older);

    expect(imported().map(({ UpdatedAt }) => UpdatedAt)).toEqual([findingOf('a', NOON + 5).UpdatedAt]);
  });

  test('does not lose the newer version where it could not be written', async () => {
    hub.on(BatchImportFindingsCommand).rejects(new LimitExceededException({ message: 'slow down', $metadata: {} }));

    expect(await record(bodyOf(findingOf('a', NOON)), bodyOf(findingOf('a', NOON + 5)))).toEqual(['message-1']);
  });

  test.each([
    ['no JSON', 'finding', 'not-json'],
    ['no finding', bodyOf({}), 'malformed-finding'],
    [
      'a finding with the workflow of the analyst',
      bodyOf({ ...findingOf('a'), Workflow: { Status: 'RESOLVED' } }),
      'malformed-finding',
    ],
    ['a finding with a note', bodyOf({ ...findingOf('a'), Note: { Text: 'x', UpdatedBy: 'y' } }), 'malformed-finding'],
    [
      'a finding of another account',
      bodyOf(findingOf('a')).replaceAll('123456789012', '999999999999'),
      'foreign-account',
    ],
    ['a finding of another region', bodyOf({ ...findingOf('a'), Region: 'us-east-1' }), 'foreign-account'],
    ['one that is too large', `${bodyOf(findingOf('a'))}${' '.repeat(250_000)}`, 'finding-too-large'],
  ])('%s goes to the dead letters, and the others are written', async (_name, body, code) => {
    expect(await record(body, bodyOf(findingOf('b')))).toEqual([]);

    expect(rejected()).toEqual([code]);
    expect(imported().map(({ Id }) => Id)).toEqual([findingOf('b').Id]);
  });

  test('keeps a message that it could not even reject', async () => {
    sqs.on(SendMessageCommand).rejects(new Error('down'));

    await expect(record('finding')).rejects.toThrow('down');
  });

  test('splits what is more than Security Hub takes in one call', async () => {
    const bodies = Array.from({ length: 150 }, (_, index) => bodyOf(findingOf(String(index))));

    await record(...bodies);

    expect(hub.commandCalls(BatchImportFindingsCommand).map(({ args }) => args[0].input.Findings?.length)).toEqual([
      100, 50,
    ]);
  });

  test('imports findings before it looks for those of others, and looks only while there is time', async () => {
    const facts: ResultFacts = {
      findingsOf: 'config',
      ...{ account: '123456789012', region: 'eu-west-1', generatorId: 'countersign/config/r' },
      rule: { name: 'r', arn: 'arn:aws:config:eu-west-1:123456789012:config-rule/config-rule-abcdef' },
      resource: { type: 'AWS::S3::Bucket', id: 'a', arn: 'arn:aws:s3:::a' },
      state: 'failed',
      ...{ requirements: [], known: [], isSettled: false, at: NOON, openSince: NOON, now: NOON },
    };
    const note = JSON.stringify({ version: 1, result: describeResult(facts) });
    hub.on(GetFindingsCommand).resolves({ Findings: [] });

    expect(await recordIn(14_000, note, bodyOf(findingOf('a')))).toEqual(['message-0']);
    expect(imported().length).toBe(1);
    expect(hub.commandCalls(GetFindingsCommand).length).toBe(0);

    expect(await recordIn(16_000, note, bodyOf(findingOf('a')))).toEqual(['message-0']);
    expect(hub.calls().map(({ args }) => args[0].constructor.name)).toEqual([
      'BatchImportFindingsCommand',
      'BatchImportFindingsCommand',
      'GetFindingsCommand',
    ]);
  });
});
