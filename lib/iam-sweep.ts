import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { CompiledIam } from '../lambdas/core/config/iam.ts';
import { countOf } from './alarms.ts';
import { allowBaselineReads } from './baseline-rights.ts';
import type { IamDrift } from './iam-drift.ts';
import { allowReadingIam, CREDENTIAL_READS } from './iam-rights.ts';
import type { ReactionQueue } from './reaction-queue.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import type { UndeliveredEvents } from './undelivered-events.ts';

export interface IamSweepProps {
  readonly defaults: FunctionDefaults;
  readonly iam: CompiledIam;
  readonly drift: IamDrift;
  /** Queue to which findings go. */
  readonly findings: ReactionQueue;
  readonly undelivered: UndeliveredEvents;
}

/** The guarantee behind the events of IAM, which are best effort: schedule -> iam-sweep -> queue of iam-reaction. */
export class IamSweep extends Construct {
  readonly sweep: ServiceFunction;

  constructor(scope: Construct, id: string, { defaults, iam, drift, undelivered, findings }: IamSweepProps) {
    super(scope, id);
    this.sweep = new ServiceFunction(this, 'Sweep', {
      ...defaults,
      name: 'iam-sweep',
      description: 'Finds principals and policies that are not what was signed',
      timeout: Duration.minutes(15),
      memorySize: 1024,
      environment: { DRIFT_TABLE: drift.store.table.tableName, FINDINGS_QUEUE_URL: findings.queue.queueUrl },
    });
    drift.allowToAsk(this.sweep);
    drift.store.allowSweep(this.sweep);
    allowBaselineReads(this.sweep, iam.bucket);
    allowReadingIam(this.sweep, CREDENTIAL_READS);
    this.sweep.allow(
      // Have no resource level (Service Authorization Reference, IAM).
      new PolicyStatement({
        actions: [
          'iam:GetAccountAuthorizationDetails',
          ...(iam.checks.credentials ? ['iam:GenerateCredentialReport', 'iam:GetCredentialReport'] : []),
        ],
        resources: ['*'],
      }),
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [findings.queue.queueArn] }),
      defaults.key.statementFor('sqs:send'),
    );
    this.#schedule(undelivered);
    defaults.alarms.addAlarm({
      section: 'iam-sweep-not-completed',
      summary:
        'No sweep has compared the whole account with its baselines for two hours: a change whose event was lost stays unseen.',
      metric: countOf('IamSweepCompleted', 'iam-sweep', Duration.hours(1)),
      threshold: 1,
      below: true,
      periods: { of: 2, bad: 2 },
    });
  }

  #schedule(undelivered: UndeliveredEvents): void {
    this.sweep.function.configureAsyncInvoke({ retryAttempts: 1, maxEventAge: Duration.minutes(30) });
    Validations.of(this.sweep.function).acknowledge({
      id: 'Serverless::Serverless-LambdaAsyncFailureDestination',
      reason:
        'A run carries no data that could be lost: the next hour starts a full one, and the alarm iam-sweep-errors tells of the failed one.',
    });
    const rule = new Rule(this, 'Schedule', {
      ruleName: 'countersign-iam-sweep',
      description: 'Starts the hourly comparison of IAM with its baselines',
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
