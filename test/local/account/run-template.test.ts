import { CreateRepositoryCommand } from '@aws-sdk/client-ecr';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { Clients, Wiring } from '../../../lambdas/aws/wiring.ts';
import { digestOf } from '../../../lambdas/core/digest.ts';
import { synthesizeTemplate } from '../../../lib/synthesize.ts';
import { realClock } from '../../../local/account/clock.ts';
import { readItemFailures } from '../../../local/account/event-source-mapping.ts';
import { createEmbeddedAccount } from '../../../local/account/index.ts';
import { pushImage } from '../../../local/account/push-image.ts';
import { runTemplate } from '../../../local/account/run-template.ts';
import type { Faults } from '../../../local/account/types.ts';
import { testConfiguration } from '../../infra/configuration.ts';
import { prepareAccount, START, seededRandom } from './prepare.ts';

type Handler = (event: SQSEvent, context: Context, wiring: Wiring<keyof Clients>) => unknown;

const arn = (service: string, name: string) => `arn:aws:${service}:eu-west-1:123456789012:${name}`;

/** What `Fn::Sub` replaces. */
const placeholder = (name: string) => `\${${name}}`;

/** One rule, one queue with dead letters, one function; `changes` replaces properties by logical id. */
function smallTemplate(changes: Readonly<Record<string, object>> = {}) {
  const resources: Record<string, { Type: string; Metadata?: object; Properties: object }> = {
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
    Undelivered: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'undelivered' } },
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'work',
        VisibilityTimeout: 60,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 },
      },
    },
    Policy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }, { Ref: 'Undelivered' }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: '*',
              Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['Rule', 'Arn'] } } },
            },
          ],
        },
      },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.ecr'] },
        Targets: [
          {
            Id: 't',
            Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Undelivered', 'Arn'] } },
          },
        ],
      },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Metadata: { 'countersign:function': 'worker' },
      Properties: {
        Timeout: 10,
        MemorySize: 256,
        Environment: {
          Variables: {
            QUEUE_URL: { Ref: 'Queue' },
            NAME: { 'Fn::Sub': `${placeholder('AWS::Region')}/${placeholder('Queue.QueueName')}` },
          },
        },
      },
    },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
        FunctionName: { Ref: 'Function' },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
  };
  for (const [id, properties] of Object.entries(changes)) {
    const known = resources[id];
    if (known !== undefined) resources[id] = { ...known, Properties: { ...known.Properties, ...properties } };
  }
  return { Resources: resources };
}

async function prepare(handler: Handler, changes: Readonly<Record<string, object>> = {}, faults: Partial<Faults> = {}) {
  const { account, clock } = prepareAccount({ faults });
  let coldStarts = 0;
  const service = await runTemplate(account, smallTemplate(changes), {
    readCompiledConfig: () => '{}',
    loadHandler: async () => ({
      createHandler: (wiring: Wiring<keyof Clients>) => {
        coldStarts += 1;
        return (event: SQSEvent, context: Context) => handler(event, context, wiring);
      },
    }),
  });
  const urlOf = (name: string) => `https://sqs.eu-west-1.amazonaws.com/123456789012/${name}`;
  const send = (MessageBody: string, more: object = {}) =>
    account.clients.sqs.send(new SendMessageCommand({ QueueUrl: urlOf('work'), MessageBody, ...more }));
  const bodiesIn = async (name: string) =>
    (
      (await account.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: urlOf(name), MaxNumberOfMessages: 10 })))
        .Messages ?? []
    ).map(({ Body }) => Body);
  const countIn = async (name: string) =>
    (await account.clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl: urlOf(name), AttributeNames: ['All'] })))
      .Attributes;
  return { account, clock, service, send, bodiesIn, countIn, coldStarts: () => coldStarts };
}

const ecrEvent = (digest = digestOf('x')) => ({
  version: '0',
  id: 'e',
  'detail-type': 'ECR Image Action',
  source: 'aws.ecr',
  account: '123456789012',
  time: '2026-01-01T00:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail: { 'repository-name': 'acme/app', 'image-digest': digest, 'action-type': 'PUSH', result: 'SUCCESS' },
});

describe('from event to function', () => {
  it('delivers the event as it is, with the record, context and wiring that Lambda gives', async () => {
    const seen: { event: SQSEvent; context: Context; wiring: Wiring<keyof Clients> }[] = [];
    const { account, service } = await prepare((event, context, wiring) => void seen.push({ event, context, wiring }));
    account.emit(ecrEvent());
    account.emit({ ...ecrEvent(), source: 'aws.s3' });
    await service.idle();
    expect(seen).toHaveLength(1);
    const [record] = seen[0]?.event.Records ?? [];
    expect(JSON.parse(record?.body ?? '')).toEqual(ecrEvent());
    expect(record).toMatchObject({
      eventSource: 'aws:sqs',
      eventSourceARN: arn('sqs', 'work'),
      awsRegion: 'eu-west-1',
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(START) },
    });
    expect(seen[0]?.context).toMatchObject({
      functionName: 'Function',
      memoryLimitInMB: '256',
      invokedFunctionArn: arn('lambda', 'function:Function'),
    });
    expect(seen[0]?.context.getRemainingTimeInMillis()).toBeLessThanOrEqual(10_000);
    expect(seen[0]?.wiring.environment).toMatchObject({
      QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/work',
      NAME: 'eu-west-1/work',
    });
    expect(seen[0]?.wiring.clock()).toBe(START);
  });

  it('tells each step in the timeline, tied to the image', async () => {
    const { account, service } = await prepare(() => undefined);
    const before = account.timeline().length;
    account.emit(ecrEvent());
    await service.idle();
    const entries = account.timeline(before);
    expect(entries.map(({ step }) => step)).toEqual(['event', 'rule', 'queue', 'function', 'function']);
    expect(new Set(entries.map(({ trace }) => trace))).toEqual(new Set([`acme/app@${digestOf('x')}`]));
  });

  it('starts cold once and gathers up to ten messages a batch', async () => {
    const sizes: number[] = [];
    const { send, service, coldStarts } = await prepare((event) => void sizes.push(event.Records.length));
    for (let index = 0; index < 25; index += 1) await send(`${index}`);
    await service.idle();
    expect(sizes).toEqual([10, 10, 5]);
    expect(coldStarts()).toBe(1);
  });

  it('waits for a full batch, or for the end of the window', async () => {
    const batches: [number, number][] = [];
    const { clock, send, service } = await prepare(
      (event) => void batches.push([clock.now() - START, event.Records.length]),
      { Mapping: { BatchSize: 20, MaximumBatchingWindowInSeconds: 5 } },
    );
    for (let index = 0; index < 23; index += 1) await send(`${index}`);
    await service.idle(10_000);
    expect(batches).toEqual([
      [0, 20],
      [5000, 3],
    ]);
  });

  it('runs no more invocations at once than the mapping allows', async () => {
    let running = 0;
    let most = 0;
    const handler = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    };
    const { send, service } = await prepare(handler, {
      Mapping: { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } },
    });
    for (let index = 0; index < 9; index += 1) await send(`${index}`);
    await service.idle();
    expect(most).toBe(2);
  });

  it('works in real time too', async () => {
    const account = createEmbeddedAccount({
      id: '123456789012',
      region: 'eu-west-1',
      clock: realClock(),
      random: Math.random,
    });
    const bodies: string[] = [];
    const service = await runTemplate(account, smallTemplate(), {
      readCompiledConfig: () => '{}',
      loadHandler: async () => ({
        createHandler: () => async (event: SQSEvent) => void bodies.push(...event.Records.map(({ body }) => body)),
      }),
    });
    const QueueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/work';
    await account.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'now' }));
    await account.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'soon', DelaySeconds: 1 }));
    await service.idle();
    expect(bodies).toEqual(['now']);
    await service.idle(5000);
    expect(bodies).toEqual(['now', 'soon']);
    await service.stop();
  });
});

describe('failures', () => {
  it('retries a batch whose function threw, and puts it to the dead letters in the end', async () => {
    const attempts: [number, string | undefined][] = [];
    const { clock, send, service, bodiesIn } = await prepare((event) => {
      attempts.push([clock.now() - START, event.Records[0]?.attributes.ApproximateReceiveCount]);
      throw new Error('boom');
    });
    await send('poison');
    await service.idle(3_600_000);
    expect(attempts).toEqual([
      [0, '1'],
      [60_000, '2'],
      [120_000, '3'],
    ]);
    expect(await bodiesIn('dead')).toEqual(['poison']);
  });

  it('retries only the messages that are reported as failed', async () => {
    const batches: string[][] = [];
    const { send, service, countIn } = await prepare((event) => {
      batches.push(event.Records.map(({ body }) => body));
      const failed = event.Records.filter(
        ({ body, attributes }) => body === 'b' && attributes.ApproximateReceiveCount === '1',
      );
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
    for (const body of ['a', 'b', 'c']) await send(body);
    await service.idle(3_600_000);
    expect(batches).toEqual([['a', 'b', 'c'], ['b']]);
    expect(await countIn('work')).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
    });
  });

  it.each([
    ['nothing', undefined, 0],
    ['null', null, 0],
    ['an empty object', {}, 0],
    ['no failures', { batchItemFailures: [] }, 0],
    ['null failures', { batchItemFailures: null }, 0],
    ['one failure', { batchItemFailures: [{ itemIdentifier: 'a' }] }, 1],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, 2],
    ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }, 2],
    ['a wrong key', { batchItemFailures: [{ messageId: 'a' }] }, 2],
    ['an unknown message', { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'z' }] }, 2],
    ['no list', { batchItemFailures: 'a' }, 2],
    ['a text', 'done', 2],
  ])('reads a response of %s', (_name, response, failed) => {
    expect(readItemFailures(response, new Set(['a', 'b'])).size).toBe(failed);
  });

  it('ends a function at its timeout', async () => {
    const { account, send, service } = await prepare(() => new Promise(() => undefined), { Function: { Timeout: 1 } });
    await send('slow');
    await service.idle();
    const failed = account.timeline().find(({ summary }) => summary === 'worker failed');
    expect(failed?.detail).toMatchObject({ error: 'Task timed out after 1.00 seconds' });
  });

  it('does not invoke beyond reserved concurrency', async () => {
    const { send, service, bodiesIn, account } = await prepare(() => undefined, {
      Function: { ReservedConcurrentExecutions: 0 },
    });
    await send('m');
    await service.idle(3_600_000);
    expect(await bodiesIn('dead')).toEqual(['m']);
    expect(account.timeline().find(({ summary }) => summary === 'worker failed')?.detail).toMatchObject({
      error: 'throttled',
    });
  });

  it.each([
    ['no policy', { Policy: { Queues: [{ Ref: 'Undelivered' }] } }, ['undelivered']],
    [
      'a policy for another rule',
      {
        Policy: {
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'events.amazonaws.com' },
                Action: 'sqs:SendMessage',
                Resource: '*',
                Condition: { ArnEquals: { 'aws:SourceArn': arn('events', 'rule/other') } },
              },
            ],
          },
        },
      },
      [],
    ],
    [
      'a policy for another service',
      {
        Policy: {
          PolicyDocument: {
            Statement: [
              { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sqs:*', Resource: '*' },
            ],
          },
        },
      },
      [],
    ],
  ])('does not deliver to a queue with %s', async (_name, changes, deadLetters) => {
    const { account, service, bodiesIn, countIn } = await prepare(() => undefined, changes);
    account.emit(ecrEvent());
    await service.idle();
    expect(account.timeline().map(({ step }) => step)).toContain('dead-letter');
    expect(account.timeline().map(({ step }) => step)).not.toContain('function');
    expect(await countIn('work')).toMatchObject({ ApproximateNumberOfMessages: '0' });
    expect(await bodiesIn('undelivered')).toHaveLength(deadLetters.length);
  });

  it('delivers everything at least once under duplicates, reordering and failing functions', async () => {
    const random = seededRandom(3);
    const seen = new Set<string>();
    let handled = 0;
    const handler: Handler = (event) => {
      const failed = event.Records.filter(() => random() < 0.2);
      for (const record of event.Records) {
        handled += 1;
        if (!failed.includes(record)) seen.add(record.body);
      }
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };
    const { send, service, bodiesIn } = await prepare(
      handler,
      { Queue: { RedrivePolicy: undefined } },
      { duplicateRate: 0.3, reorder: true },
    );
    for (let index = 0; index < 200; index += 1) await send(`${index}`);
    await service.idle(3_600_000);
    expect(seen.size).toBe(200);
    expect(handled).toBeGreaterThan(240);
    expect(await bodiesIn('work')).toEqual([]);
  });

  it('loses events of best-effort sources while that fault is on', async () => {
    const { account, service } = await prepare(() => undefined, {}, { lossRate: 1 });
    account.emit(ecrEvent());
    await service.idle();
    expect(account.timeline().map(({ step }) => step)).not.toContain('rule');
  });
});

describe('templates that cannot be deployed', () => {
  it.each([
    ['a visibility timeout under the function timeout', { Queue: { VisibilityTimeout: 5 } }, 'bad-template'],
    ['a batch over ten without a window', { Mapping: { BatchSize: 11 } }, 'bad-template'],
    ['a concurrency of one', { Mapping: { ScalingConfig: { MaximumConcurrency: 1 } } }, 'bad-template'],
    ['a reference to nothing', { Mapping: { FunctionName: { Ref: 'Nobody' } } }, 'bad-template'],
    ['an unknown intrinsic function', { Queue: { QueueName: { 'Fn::ImportValue': 'x' } } }, 'unsupported-template'],
    [
      'an input transformer',
      { Rule: { Targets: [{ Id: 't', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, InputTransformer: {} }] } },
      'bad-template',
    ],
    [
      'a target that is not there',
      { Rule: { Targets: [{ Id: 't', Arn: arn('sqs', 'elsewhere') }] } },
      'unsupported-template',
    ],
    ['an invalid pattern', { Rule: { EventPattern: { source: 'aws.ecr' } } }, 'invalid-pattern'],
    ['a cron schedule', { Rule: { ScheduleExpression: 'cron(0 * * * ? *)' } }, 'unsupported-template'],
  ])('refuses %s', async (_name, changes, code) => {
    await expect(prepare(() => undefined, changes)).rejects.toThrow(expect.objectContaining({ code }));
  });

  it('refuses an event that is none', async () => {
    const { account } = await prepare(() => undefined);
    expect(() => account.emit({ detail: {} })).toThrow(expect.objectContaining({ code: 'bad-event' }));
  });
});

describe('the synthesized stack', () => {
  it('carries a push to image-reaction and an hour to the sweep', async () => {
    const { account, clock } = prepareAccount();
    const invoked: string[] = [];
    const template = synthesizeTemplate({ configuration: testConfiguration });
    const service = await runTemplate(account, template, {
      readCompiledConfig: () => JSON.stringify(testConfiguration.compiled),
      loadHandler: async (name) => ({ createHandler: () => async () => void invoked.push(name) }),
    });
    await account.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: 'acme/app' }));
    const config = new TextEncoder().encode('{}');
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const descriptor = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(config), size: 2 };
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config: descriptor, layers: [] });
    await pushImage(account, { repository: 'acme/app', manifest, blobs: [config], tag: 'v1' });
    await service.idle();
    expect(invoked).toEqual(['image-reaction']);
    await clock.advance(3_600_000);
    expect(invoked).toEqual(['image-reaction', 'sweep']);
    await service.stop();
    await clock.advance(7_200_000);
    expect(invoked).toHaveLength(2);
    // It synthesizes the whole stack.
  }, 60_000);
});
