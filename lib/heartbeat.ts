import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { CfnRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { CANARY_BOUNDARY, CANARY_ROLE, CANARY_TRUST } from '../lambdas/core/iam/heartbeat/canary-role.ts';
import { countOf } from './alarms.ts';
import type { IamDrift } from './iam-drift.ts';
import type { ReactionQueue } from './reaction-queue.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import type { UndeliveredEvents } from './undelivered-events.ts';

export interface HeartbeatProps {
  readonly defaults: FunctionDefaults;
  readonly drift: IamDrift;
  readonly undelivered: UndeliveredEvents;
  /** Queue to which findings go. */
  readonly findings: ReactionQueue;
}

/** Plants a change of IAM a day on a role that can do nothing, and tells when nobody reported it. */
export class Heartbeat extends Construct {
  readonly heartbeat: ServiceFunction;
  /** ARN of the role that changes are planted on. */
  readonly canaryArn: string;

  constructor(scope: Construct, id: string, { defaults, drift, undelivered, findings }: HeartbeatProps) {
    super(scope, id);
    // Its name is fixed: the reaction tells it apart by name and by everything it is.
    const canary = new CfnRole(this, 'Canary', {
      roleName: CANARY_ROLE,
      description: 'Countersign plants changes here to see whether they are reported. Nobody can assume it.',
      assumeRolePolicyDocument: CANARY_TRUST,
      permissionsBoundary: `arn:${Aws.PARTITION}:iam::aws:policy/${CANARY_BOUNDARY}`,
    });
    this.canaryArn = canary.attrArn;
    this.heartbeat = new ServiceFunction(this, 'Heartbeat', {
      ...defaults,
      name: 'heartbeat',
      description: 'Plants a change of IAM and tells when it is not reported',
      timeout: Duration.minutes(1),
      memorySize: 512,
      environment: { DRIFT_TABLE: drift.store.table.tableName, FINDINGS_QUEUE_URL: findings.queue.queueUrl },
    });
    drift.store.allowBaselines(this.heartbeat);
    this.heartbeat.allow(
      new PolicyStatement({
        actions: ['iam:PutRolePolicy', 'iam:DeleteRolePolicy', 'iam:ListRolePolicies'],
        resources: [canary.attrArn],
      }),
      new PolicyStatement({
        actions: ['securityhub:GetFindings'],
        resources: [`arn:${Aws.PARTITION}:securityhub:${Aws.REGION}:${Aws.ACCOUNT_ID}:hub/default`],
      }),
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [findings.queue.queueArn] }),
      defaults.key.statementFor('sqs:send'),
    );
    this.#schedule(undelivered);
    defaults.alarms.addAlarm({
      section: 'heartbeat-missed',
      summary:
        'A change of IAM that Countersign planted itself was not reported in time: events do not arrive, or nothing works them off.',
      metric: countOf('HeartbeatMissed', 'heartbeat'),
      threshold: 1,
    });
  }

  #schedule(undelivered: UndeliveredEvents): void {
    this.heartbeat.function.configureAsyncInvoke({ retryAttempts: 1, maxEventAge: Duration.minutes(10) });
    Validations.of(this.heartbeat.function).acknowledge({
      id: 'Serverless::Serverless-LambdaAsyncFailureDestination',
      reason:
        'A run carries no data that could be lost: the next one comes in a quarter of an hour, and the alarm heartbeat-errors tells of the failed one.',
    });
    const rule = new Rule(this, 'Schedule', {
      ruleName: 'countersign-heartbeat',
      description: 'Starts the look whether a planted change was reported',
      schedule: Schedule.rate(Duration.minutes(15)),
    });
    rule.addTarget(
      new LambdaFunction(this.heartbeat.function, {
        deadLetterQueue: undelivered.queue,
        retryAttempts: 3,
        maxEventAge: Duration.minutes(10),
      }),
    );
  }
}
