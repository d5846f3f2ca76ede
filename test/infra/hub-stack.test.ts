import { Template as Assertions, Match } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { synthesizeTemplate } from '../../lib/synthesize.ts';
import {
  findFunction,
  type Place,
  readTemplate,
  resolveText,
  resourcesOf,
  type Template,
} from '../support/template.ts';
import { testConfiguration } from './configuration.ts';

const place: Place = { account: '111122223333', region: 'eu-west-1' };
const statementSchema = z.object({
  Effect: z.string(),
  Action: z.union([z.string(), z.array(z.string())]).transform((action) => [action].flat()),
  Resource: z.unknown(),
});
const policySchema = z.object({ PolicyDocument: z.object({ Statement: z.array(statementSchema) }) });
const reactions = [
  { name: 'image-reaction', queue: 'countersign-image' },
  { name: 'recorder', queue: 'countersign-findings' },
];

let template: Template;
let assertions: Assertions;
beforeAll(() => {
  const synthesized = synthesizeTemplate({ configuration: testConfiguration });
  template = readTemplate(synthesized);
  assertions = Assertions.fromJSON(z.record(z.string(), z.unknown()).parse(synthesized));
}, 60_000);

const queueNamed = (name: string) => {
  const found = resourcesOf(template, 'AWS::SQS::Queue').find(([, queue]) => queue.Properties.QueueName === name);
  if (found === undefined) throw new Error(`no queue ${name}`);
  return found;
};
const mappingOf = (name: string) => {
  const [id] = findFunction(template, name);
  const found = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').find(
    ([, mapping]) =>
      resolveText(template, mapping.Properties.FunctionName, place) === resolveText(template, { Ref: id }, place),
  );
  if (found === undefined) throw new Error(`nothing feeds ${name}`);
  return found[1].Properties;
};

describe('functions', () => {
  it('are the ones of this version, all on the same runtime, traced, with JSON logs and their name in the metadata', () => {
    const functions = resourcesOf(template, 'AWS::Lambda::Function');

    expect(functions.map(([, one]) => one.Metadata['countersign:function']).sort()).toEqual([
      'image-reaction',
      'recorder',
      'sweep',
    ]);
    for (const [, { Properties }] of functions)
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON', LogGroup: expect.anything() },
      });
  });

  it.each([
    ['image-reaction', ['VERDICT_TABLE', 'IMAGE_QUEUE_URL', 'FINDINGS_QUEUE_URL', 'REJECTED_QUEUE_URL']],
    ['recorder', ['REJECTED_QUEUE_URL']],
    ['sweep', ['VERDICT_TABLE', 'IMAGE_QUEUE_URL', 'FINDINGS_QUEUE_URL']],
  ])('%s gets its environment and no more', (name, own) => {
    const environment = z
      .object({ Variables: z.record(z.string(), z.unknown()) })
      .parse(findFunction(template, name)[1].Properties.Environment);

    expect(Object.keys(environment.Variables).sort()).toEqual(
      [
        ...own,
        'NODE_OPTIONS',
        'POWERTOOLS_LOG_LEVEL',
        'POWERTOOLS_METRICS_NAMESPACE',
        'POWERTOOLS_SERVICE_NAME',
      ].sort(),
    );
    expect(environment.Variables).toMatchObject({
      POWERTOOLS_SERVICE_NAME: name,
      POWERTOOLS_METRICS_NAMESPACE: 'Countersign',
    });
  });

  it('send what they reject to the dead letters of their own queue', () => {
    for (const { name, queue } of reactions) {
      const environment = z
        .object({ Variables: z.record(z.string(), z.unknown()) })
        .parse(findFunction(template, name)[1].Properties.Environment);

      expect(resolveText(template, environment.Variables.REJECTED_QUEUE_URL, place)).toMatch(
        new RegExp(`/${queue}-dead-letters$`),
      );
    }
  });

  it('keep encrypted logs for the configured time, beyond the life of the stack', () => {
    for (const [, { Properties, DeletionPolicy }] of resourcesOf(template, 'AWS::Logs::LogGroup')) {
      expect(Properties).toMatchObject({ RetentionInDays: 90, KmsKeyId: expect.anything() });
      expect(DeletionPolicy).toBe('Retain');
    }
  });
});

describe('queues', () => {
  it.each(reactions)('$queue waits six function timeouts before it hands a message out again', ({ name, queue }) => {
    const timeout = z.number().parse(findFunction(template, name)[1].Properties.Timeout);

    expect(queueNamed(queue)[1].Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * timeout);
  });

  it.each(reactions)(
    '$queue gives up after a bounded number of attempts, to dead letters that are kept for 14 days',
    ({ queue }) => {
      const redrive = z
        .object({ deadLetterTargetArn: z.unknown(), maxReceiveCount: z.number() })
        .parse(queueNamed(queue)[1].Properties.RedrivePolicy);

      expect(redrive.maxReceiveCount).toBeGreaterThanOrEqual(3);
      expect(redrive.maxReceiveCount).toBeLessThanOrEqual(10);
      expect(resolveText(template, redrive.deadLetterTargetArn, place)).toMatch(new RegExp(`:${queue}-dead-letters$`));
      expect(queueNamed(`${queue}-dead-letters`)[1].Properties.MessageRetentionPeriod).toBe(14 * 86_400);
    },
  );

  it.each(reactions)('$name reads $queue with partial batch failures and bounded concurrency', ({ name, queue }) => {
    const mapping = mappingOf(name);

    expect(mapping).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: expect.any(Number) },
    });
    expect(resolveText(template, mapping.EventSourceArn, place)).toMatch(new RegExp(`:${queue}$`));
  });

  it('fills the batches of the recorder up to the 100 findings that one import takes', () => {
    expect(mappingOf('recorder')).toMatchObject({ BatchSize: 100, MaximumBatchingWindowInSeconds: 5 });
    expect(mappingOf('image-reaction')).toMatchObject({ BatchSize: 10 });
  });

  it('are encrypted, and refuse what does not come over TLS', () => {
    const policies = JSON.stringify(resourcesOf(template, 'AWS::SQS::QueuePolicy'));
    for (const [id, { Properties }] of resourcesOf(template, 'AWS::SQS::Queue')) {
      expect(Properties.KmsMasterKeyId !== undefined || Properties.SqsManagedSseEnabled === true).toBe(true);
      expect(policies).toContain(
        JSON.stringify({
          Action: 'sqs:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Resource: { 'Fn::GetAtt': [id, 'Arn'] },
        }),
      );
    }
  });

  it('take messages from EventBridge only of the rules of this stack', () => {
    const policies = resourcesOf(template, 'AWS::SQS::QueuePolicy').flatMap(
      ([, policy]) =>
        z
          .object({
            PolicyDocument: z.object({
              Statement: z.array(
                z.looseObject({ Effect: z.string(), Condition: z.record(z.string(), z.unknown()).optional() }),
              ),
            }),
          })
          .parse(policy.Properties).PolicyDocument.Statement,
    );
    const allowed = policies.filter((statement) => statement.Effect === 'Allow');

    expect(allowed.length).toBeGreaterThan(0);
    for (const statement of allowed)
      expect(statement.Condition).toMatchObject({
        ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [expect.any(String), 'Arn'] } },
      });
  });
});

describe('the rule for images', () => {
  it('sends the event as it is to the image queue, and what cannot be delivered to a queue that does not need the service key', () => {
    const [, rule] =
      resourcesOf(template, 'AWS::Events::Rule').find(([, one]) => one.Properties.EventPattern !== undefined) ?? [];
    const targets = z
      .array(
        z
          .object({ Arn: z.unknown(), DeadLetterConfig: z.object({ Arn: z.unknown() }), RetryPolicy: z.unknown() })
          .loose(),
      )
      .parse(rule?.Properties.Targets);

    expect(targets).toHaveLength(1);
    expect(resolveText(template, targets[0]?.Arn, place)).toMatch(/:countersign-image$/);
    expect(targets[0]).not.toHaveProperty('InputTransformer');
    expect(targets[0]).not.toHaveProperty('InputPath');
    expect(resolveText(template, targets[0]?.DeadLetterConfig.Arn, place)).toMatch(/:countersign-undelivered-events$/);
    expect(queueNamed('countersign-undelivered-events')[1].Properties).not.toHaveProperty('KmsMasterKeyId');
  });
});

describe('the sweep', () => {
  it('runs every hour, not in front of a queue', () => {
    assertions.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
    });
    expect(() => mappingOf('sweep')).toThrow();
  });
});

describe('the verdict store', () => {
  it('is keyed by image, on demand, recoverable, encrypted, and not deleted by accident', () => {
    assertions.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        KeySchema: [{ AttributeName: 'image', KeyType: 'HASH' }],
        AttributeDefinitions: [
          { AttributeName: 'image', AttributeType: 'S' },
          { AttributeName: 'due', AttributeType: 'S' },
          { AttributeName: 'dueAt', AttributeType: 'N' },
        ],
        // What is due is found by its time. The index is small: keys only, and only of rows with a time.
        GlobalSecondaryIndexes: [
          {
            IndexName: 'due',
            KeySchema: [
              { AttributeName: 'due', KeyType: 'HASH' },
              { AttributeName: 'dueAt', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: Match.anyValue() },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
    });
  });
});

describe('key, kill switch and topic', { timeout: 60_000 }, () => {
  it('has one key, rotated, that outlives the stack', () => {
    assertions.resourceCountIs('AWS::KMS::Key', 1);
    assertions.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } });
  });

  it('lets services use the key only for this account or for the logs of this stack', () => {
    const { Statement } = z
      .object({
        Statement: z.array(
          z.looseObject({ Principal: z.record(z.string(), z.unknown()), Condition: z.unknown().optional() }),
        ),
      })
      .parse(resourcesOf(template, 'AWS::KMS::Key')[0]?.[1].Properties.KeyPolicy);
    const services = Statement.filter((statement) => 'Service' in statement.Principal);

    expect(services).toHaveLength(3);
    for (const statement of services) expect(statement.Condition).toBeDefined();
  });

  it('starts with the kill switch off, which no function may touch', () => {
    assertions.hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/countersign/kill-switch',
      Value: 'off',
      AllowedPattern: '^(on|off)$',
    });
    expect(JSON.stringify(resourcesOf(template, 'AWS::IAM::Policy'))).not.toContain('ssm:');
  });

  it('mails alarms to the configured address', () => {
    assertions.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'oncall@example.test' });
  });

  it('uses a topic that is already there, and then makes none', () => {
    const topicArn = 'arn:aws:sns:eu-west-1:111122223333:oncall';

    const other = readTemplate(synthesizeTemplate({ configuration: { ...testConfiguration, alarms: { topicArn } } }));

    expect(resourcesOf(other, 'AWS::SNS::Topic')).toEqual([]);
    for (const [, alarm] of resourcesOf(other, 'AWS::CloudWatch::Alarm'))
      expect(alarm.Properties.AlarmActions).toEqual([topicArn]);
  });
});

describe('rights', () => {
  const statements = () =>
    resourcesOf(template, 'AWS::IAM::Policy').flatMap(
      ([, policy]) => policySchema.parse(policy.Properties).PolicyDocument.Statement,
    );

  it('name every action in full', () => {
    expect(
      statements()
        .flatMap((statement) => statement.Action)
        .filter((action) => action.includes('*')),
    ).toEqual([]);
  });

  it('stand on `*` only for X-Ray, which has no resources', () => {
    const onEverything = statements().filter((statement) => [statement.Resource].flat().includes('*'));

    expect([...new Set(onEverything.flatMap((statement) => statement.Action))].sort()).toEqual([
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  it('come from no managed policy', () => {
    for (const [, role] of resourcesOf(template, 'AWS::IAM::Role'))
      expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
  });
});

describe('the template', { timeout: 60_000 }, () => {
  it('works in any account and region', () => {
    expect(JSON.stringify(template)).not.toMatch(/\b\d{12}\b/);
  });

  it('is the same each time, but for the place of code that was not bundled', () => {
    const again = readTemplate(synthesizeTemplate({ configuration: testConfiguration }));

    expect(withoutCode(again)).toEqual(withoutCode(template));
  });
});

const withoutCode = (one: Template) =>
  JSON.stringify(one, (key, value: unknown) => (key === 'Code' ? undefined : value));
