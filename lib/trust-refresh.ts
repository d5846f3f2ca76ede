import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { countOf } from './alarms.ts';
import type { ReactionQueue } from './reaction-queue.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import type { UndeliveredEvents } from './undelivered-events.ts';
import type { VerdictStore } from './verdict-store.ts';

const EVERY = Duration.hours(6);

export interface TrustRefreshProps {
  readonly defaults: FunctionDefaults;
  readonly verdicts: VerdictStore;
  readonly undelivered: UndeliveredEvents;
  /** Queue to which findings go. */
  readonly findings: ReactionQueue;
}

/** Where the trust policy has roots refreshed through TUF: schedule -> trust-refresh -> stored metadata, which the other functions verify before they use it. */
export class TrustRefresh extends Construct {
  readonly refresh: ServiceFunction;

  constructor(scope: Construct, id: string, { defaults, verdicts, undelivered, findings }: TrustRefreshProps) {
    super(scope, id);
    this.refresh = new ServiceFunction(this, 'Refresh', {
      ...defaults,
      name: 'trust-refresh',
      description: 'Fetches newer trusted roots through TUF and stores what is signed',
      timeout: Duration.minutes(2),
      memorySize: 512,
      environment: { VERDICT_TABLE: verdicts.table.tableName, FINDINGS_QUEUE_URL: findings.queue.queueUrl },
    });
    verdicts.allowRoots(this.refresh);
    this.refresh.allow(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [findings.queue.queueArn] }),
      defaults.key.statementFor('sqs:send'),
    );
    this.schedule(undelivered);
    this.watch(defaults);
  }

  private schedule(undelivered: UndeliveredEvents): void {
    this.refresh.function.configureAsyncInvoke({ retryAttempts: 1, maxEventAge: Duration.hours(1) });
    Validations.of(this.refresh.function).acknowledge({
      id: 'Serverless::Serverless-LambdaAsyncFailureDestination',
      reason:
        'A run carries no data that could be lost: the next one starts from what is stored, and the alarm trust-refresh-errors tells of the failed one.',
    });
    const rule = new Rule(this, 'Schedule', {
      ruleName: 'countersign-trust-refresh',
      description: 'Starts the refresh of trusted roots',
      schedule: Schedule.rate(EVERY),
    });
    rule.addTarget(
      new LambdaFunction(this.refresh.function, {
        deadLetterQueue: undelivered.queue,
        retryAttempts: 3,
        maxEventAge: Duration.hours(1),
      }),
    );
  }

  private watch({ alarms }: FunctionDefaults): void {
    alarms.addAlarm({
      section: 'trust-root-not-refreshed',
      summary:
        'No refresh of all trusted roots succeeded for a day. The roots that are stored stay in use; what was trusted or taken back since is not known.',
      metric: countOf('TrustRootRefreshed', 'trust-refresh', EVERY),
      threshold: 1,
      below: true,
      periods: { of: 4, bad: 4 },
    });
    alarms.addAlarm({
      section: 'trust-root-refused',
      summary:
        'The metadata of a trusted root was refused: not signed, older than what is held, ended, or not what it should be. It may be an attack on the mirror or on the table.',
      metric: countOf('TrustRootRefused', 'trust-refresh'),
      threshold: 1,
    });
  }
}
