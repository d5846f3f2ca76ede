import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { countOf } from './alarms.ts';
import type { ImageVerification } from './image-verification.ts';
import type { ReactionQueue } from './reaction-queue.ts';
import { allowEveryRepository } from './repository-rights.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import type { UndeliveredEvents } from './undelivered-events.ts';
import type { VerdictStore } from './verdict-store.ts';

export interface SweepProps {
  readonly defaults: FunctionDefaults;
  readonly verdicts: VerdictStore;
  readonly images: ImageVerification;
  readonly undelivered: UndeliveredEvents;
  /** Queue to which findings go. */
  readonly findings: ReactionQueue;
}

/**
 * The guarantee behind the events: ECR delivers them as best effort (EventBridge Events Reference), so every hour the sweep compares
 * what is in the registry with what has a current verdict, and puts the rest on the image queue (docs/re-verification.md).
 */
export class Sweep extends Construct {
  readonly sweep: ServiceFunction;

  constructor(scope: Construct, id: string, props: SweepProps) {
    super(scope, id);
    const { defaults, images } = props;
    this.sweep = new ServiceFunction(this, 'Sweep', {
      ...defaults,
      name: 'sweep',
      description: 'Finds images without a current verdict',
      timeout: Duration.minutes(15),
      memorySize: 512,
      environment: {
        VERDICT_TABLE: props.verdicts.table.tableName,
        IMAGE_QUEUE_URL: images.queue.queue.queueUrl,
        FINDINGS_QUEUE_URL: props.findings.queue.queueUrl,
      },
    });
    props.verdicts.allowSweep(this.sweep);
    allowEveryRepository(this.sweep, ['ecr:DescribeRepositories', 'ecr:DescribeImages']);
    this.sweep.allow(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [images.queue.queue.queueArn, props.findings.queue.queueArn],
      }),
      defaults.key.statementFor('sqs:send'),
    );
    this.schedule(props.undelivered);
    defaults.alarms.addAlarm({
      section: 'sweep-not-completed',
      summary:
        'No sweep has looked through the whole registry for two hours: images whose event was lost stay unverified.',
      metric: countOf('SweepCompleted', 'sweep', Duration.hours(1)),
      threshold: 1,
      below: true,
      periods: { of: 2, bad: 2 },
    });
  }

  private schedule(undelivered: UndeliveredEvents): void {
    // A run that failed is tried once more, and then the next hour is near: each goes on at the position that was noted last.
    this.sweep.function.configureAsyncInvoke({ retryAttempts: 1, maxEventAge: Duration.minutes(30) });
    Validations.of(this.sweep.function).acknowledge({
      id: 'Serverless::Serverless-LambdaAsyncFailureDestination',
      reason:
        'A run carries no data that could be lost: the next hour starts one that goes on from the last position, and the alarm sweep-errors tells of the failed one.',
    });
    const rule = new Rule(this, 'Schedule', {
      ruleName: 'countersign-sweep',
      description: 'Starts the hourly sweep',
      schedule: Schedule.rate(Duration.hours(1)),
    });
    rule.addTarget(
      new LambdaFunction(this.sweep.function, {
        deadLetterQueue: undelivered.queue,
        retryAttempts: 3,
        maxEventAge: Duration.minutes(30),
      }),
    );
  }
}
