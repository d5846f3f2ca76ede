import { Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { OperatorAlarms } from './alarms.ts';
import type { ServiceFunction } from './service-function.ts';
import type { ServiceKey } from './service-key.ts';

/**
 * How often one message is handed out before it becomes a dead letter. With a visibility timeout of six function timeouts,
 * as Lambda asks for (Lambda developer guide, "Using Lambda with Amazon SQS"), five attempts outlast a short outage of ECR or Security Hub.
 */
const MAX_RECEIVE_COUNT = 5;

export interface ReactionQueueProps {
  /** `image` becomes the queue `countersign-image` with the dead letters `countersign-image-dead-letters`. */
  readonly name: string;
  readonly key: ServiceKey;
  /** How long a message waits before it is handed out for the first time. Default: not at all. */
  readonly deliveryDelay?: Duration;
  /** Timeout of the function that reads the queue. */
  readonly functionTimeout: Duration;
  readonly alarms: OperatorAlarms;
  /** Runbook sections, which are also the names of the alarms. */
  readonly sections: { readonly deadLetters: string; readonly behind: string };
  /** What a dead letter means to the person who is called. */
  readonly deadLetterMeaning: string;
}

export interface ReaderProps {
  /** Messages per invocation. */
  readonly batchSize: number;
  /** How long Lambda gathers messages before it invokes with less than a full batch. */
  readonly batchWindow?: Duration;
  /** Invocations at the same time, at least 2 (Lambda API reference, ScalingConfig). */
  readonly maxConcurrency: number;
}

/** An encrypted queue with dead letters, and an alarm on each way in which it can fail the people who rely on it. */
export class ReactionQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  private readonly key: ServiceKey;

  constructor(scope: Construct, id: string, props: ReactionQueueProps) {
    super(scope, id);
    this.key = props.key;
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      queueName: `countersign-${props.name}-dead-letters`,
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: props.key.key,
      dataKeyReuse: Duration.hours(1),
      enforceSSL: true,
    });
    this.queue = new Queue(this, 'Queue', {
      queueName: `countersign-${props.name}`,
      ...(props.deliveryDelay !== undefined && { deliveryDelay: props.deliveryDelay }),
      visibilityTimeout: Duration.seconds(6 * props.functionTimeout.toSeconds()),
      retentionPeriod: Duration.days(4),
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: props.key.key,
      dataKeyReuse: Duration.hours(1),
      enforceSSL: true,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
    Validations.of(this.deadLetterQueue).acknowledge({
      id: 'Serverless::Serverless-SQSRedrivePolicy',
      reason: 'These are the dead letters: a person looks at them, called by an alarm, and moves them back.',
    });
    this.watch(props);
  }

  /** Lets `reader` take messages from the queue: event source mapping with partial batch responses, and the rights for it. */
  addReader(reader: ServiceFunction, props: ReaderProps): void {
    reader.allow(
      new PolicyStatement({
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
        resources: [this.queue.queueArn],
      }),
      this.key.statementFor('sqs:receive'),
    );
    const mapping = new CfnEventSourceMapping(this, 'Reader', {
      functionName: reader.function.functionName,
      eventSourceArn: this.queue.queueArn,
      batchSize: props.batchSize,
      maximumBatchingWindowInSeconds: props.batchWindow?.toSeconds(),
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: props.maxConcurrency },
    });
    // Lambda checks the rights of the role when the mapping is made.
    mapping.node.addDependency(reader.role);
    Validations.of(mapping).acknowledge({
      id: 'Serverless::Serverless-LambdaEventSourceMappingDestination',
      reason:
        'Failure destinations exist for streams, not for queues: the redrive policy of the queue keeps what failed.',
    });
  }

  private watch({ alarms, sections, name, deadLetterMeaning }: ReactionQueueProps): void {
    alarms.addAlarm({
      section: sections.deadLetters,
      summary: deadLetterMeaning,
      metric: this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: Duration.minutes(5),
      }),
      threshold: 1,
    });
    alarms.addAlarm({
      section: sections.behind,
      // All attempts at one bad message together take half an hour, and a deliberate delay is a quarter at most: an hour is trouble.
      summary: `The oldest message on countersign-${name} has waited for an hour: messages arrive faster than they are worked off, or not at all.`,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: Duration.minutes(5) }),
      threshold: 3600,
    });
  }
}
