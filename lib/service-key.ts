import { Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

/** AWS services through which a function may use the key, and what each of them needs on behalf of its caller. */
const usage = {
  'sqs:receive': { service: 'sqs', actions: ['kms:Decrypt'] },
  'sqs:send': { service: 'sqs', actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
  dynamodb: {
    service: 'dynamodb',
    actions: [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ],
  },
} as const;

/**
 * The one KMS key of the service: queues, verdicts, logs and the alarm topic. One key and not one per resource, because
 * each costs a monthly fee per account and region and would be used by the same few principals. It outlives the stack, since
 * retained verdicts and logs are unreadable without it.
 */
export class ServiceKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      alias: 'alias/countersign',
      description: 'Countersign: queues, verdicts, logs and alarms',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.allowService('EventBridgeSendsToQueues', 'events.amazonaws.com', {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
    });
    this.allowService('AlarmsNotify', 'cloudwatch.amazonaws.com', {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
    });
    const stack = Stack.of(this);
    const ownLogGroups = stack.formatArn({ service: 'logs', resource: `log-group:${stack.stackName}-*` });
    this.allowService(
      'LogGroupsOfThisStack',
      `logs.${stack.region}.amazonaws.com`,
      { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': ownLogGroups } },
      ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
    );
  }

  /** A statement for a function's role: use of the key, but only through one AWS service. */
  statementFor(purpose: keyof typeof usage): PolicyStatement {
    const { service, actions } = usage[purpose];
    return new PolicyStatement({
      effect: Effect.ALLOW,
      actions: [...actions],
      resources: [this.key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${Stack.of(this).region}.amazonaws.com` } },
    });
  }

  private allowService(
    sid: string,
    service: string,
    conditions: Record<string, Record<string, string>>,
    actions: string[] = ['kms:Decrypt', 'kms:GenerateDataKey'],
  ): void {
    this.key.addToResourcePolicy(
      // In a key policy `*` is this key.
      new PolicyStatement({ sid, principals: [new ServicePrincipal(service)], actions, resources: ['*'], conditions }),
    );
  }
}
