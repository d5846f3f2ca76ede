import { Aws, Duration, Validations } from 'aws-cdk-lib';
import type { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { OperatorAlarms } from './alarms.ts';

/**
 * Events that matched a rule and that EventBridge could not hand to the rule's target. Encrypted with the key of SQS itself
 * and not with the service key: a service key that is disabled is one of the reasons for which an event ends up here.
 */
export class UndeliveredEvents extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, props: { readonly alarms: OperatorAlarms }) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      queueName: 'countersign-undelivered-events',
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    const reason =
      'EventBridge puts here what it could not deliver: this is a dead letter queue, though of rules and not of a queue.';
    Validations.of(this.queue).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-SQS3', reason },
      { id: 'Serverless::Serverless-SQSRedrivePolicy', reason },
    );
    props.alarms.addAlarm({
      section: 'undelivered-events',
      summary:
        'EventBridge could not hand an event to Countersign: a queue policy, the service key or the sweep function is in the way.',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: Duration.minutes(5),
      }),
      threshold: 1,
    });
  }
}

/** Lets `rule`, and no other rule, send its events to `queue`. */
export function allowRuleToSend(rule: Rule, queue: Queue, sid: string): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid,
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: {
        ArnEquals: { 'aws:SourceArn': rule.ruleArn },
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      },
    }),
  );
}
