import { Duration, Lazy } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { CompiledIam } from '../lambdas/core/config/iam.ts';
import { countOf } from './alarms.ts';
import { allowBaselineReads } from './baseline-rights.ts';
import { DriftStore } from './drift-store.ts';
import { listIamEventPatterns } from './iam-event-patterns.ts';
import { allowReadingIam, CREDENTIAL_READS, READS } from './iam-rights.ts';
import type { PlanExecution } from './plan-execution.ts';
import type { PlanLedger } from './plan-ledger.ts';
import { ReactionQueue } from './reaction-queue.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { allowRuleToSend, type UndeliveredEvents } from './undelivered-events.ts';

const TIMEOUT = Duration.seconds(60);
/** Whoever looks for what they may do tries many calls; a deployment that lacks a right fails at its first. */
const MOST_FAILED_CALLS = 20;
/** Deployments change a role in several calls: one look after them, not one after each. */
const SETTLE = Duration.seconds(10);

export interface IamDriftProps {
  readonly defaults: FunctionDefaults;
  readonly iam: CompiledIam;
  readonly undelivered: UndeliveredEvents;
  /** Queue to which findings go. */
  readonly findings: ReactionQueue;
}

/** From a change of IAM to a finding and a plan: rules -> queue -> iam-reaction. It reads IAM and changes nothing. */
export class IamDrift extends Construct {
  readonly queue: ReactionQueue;
  readonly reaction: ServiceFunction;
  readonly store: DriftStore;
  readonly #defaults: FunctionDefaults;
  #ownRoles: readonly string[] = [];

  constructor(scope: Construct, id: string, { defaults, iam, undelivered, findings }: IamDriftProps) {
    super(scope, id);
    this.#defaults = defaults;
    this.store = new DriftStore(this, 'Store', { key: defaults.key });
    this.queue = new ReactionQueue(this, 'Queue', {
      name: 'iam',
      key: defaults.key,
      functionTimeout: TIMEOUT,
      deliveryDelay: SETTLE,
      alarms: defaults.alarms,
      sections: { deadLetters: 'iam-dead-letters', behind: 'iam-queue-behind' },
      deadLetterMeaning:
        'A change of IAM could not be worked off: it was rejected as unreadable, or five attempts failed. That principal may have drifted unseen until the next sweep.',
    });
    this.reaction = new ServiceFunction(this, 'Reaction', {
      ...defaults,
      name: 'iam-reaction',
      description: 'Compares principals and policies with their signed baselines and records drift',
      timeout: TIMEOUT,
      memorySize: 1024,
      environment: {
        DRIFT_TABLE: this.store.table.tableName,
        FINDINGS_QUEUE_URL: findings.queue.queueUrl,
        REJECTED_QUEUE_URL: this.queue.deadLetterQueue.queueUrl,
        OWN_ROLES: Lazy.string({ produce: () => this.#ownRoles.join(' ') }),
      },
    });
    this.queue.addReader(this.reaction, { batchSize: 10, maxConcurrency: 5 });
    this.store.allowReadAndWrite(this.reaction);
    // What a deployment may not be through with comes again.
    this.allowToAsk(this.reaction);
    allowBaselineReads(this.reaction, iam.bucket);
    allowReadingIam(this.reaction, [...READS, ...CREDENTIAL_READS, 'iam:ListEntitiesForPolicy']);
    this.reaction.allow(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [this.queue.deadLetterQueue.queueArn, findings.queue.queueArn],
      }),
      defaults.key.statementFor('sqs:send'),
    );
    this.#createRules(undelivered);
    this.#watch();
  }

  /** Lets the reaction propose plans, and tells it whom no plan may touch. */
  addPlans(ledger: PlanLedger, plans: PlanExecution, ownRoles: readonly string[]): void {
    this.reaction.addEnvironment('LEDGER_TABLE', ledger.table.tableName);
    this.reaction.addEnvironment('PLAN_QUEUE_URL', plans.queue.queue.queueUrl);
    ledger.allowReadAndWrite(this.reaction);
    plans.allowToSend(this.reaction);
    this.#ownRoles = ownRoles;
  }

  /** Lets a function ask for a look. */
  allowToAsk(sender: ServiceFunction): void {
    sender.addEnvironment('IAM_QUEUE_URL', this.queue.queue.queueUrl);
    sender.allow(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.queue.queue.queueArn] }));
  }

  #createRules(undelivered: UndeliveredEvents): void {
    for (const [index, eventPattern] of listIamEventPatterns().entries()) {
      const number = index + 1;
      const rule = new Rule(this, `Rule${number}`, {
        ruleName: `countersign-iam-${number}`,
        description: 'Calls that change access',
        eventPattern,
      });
      rule.addTarget({
        bind: () => ({
          arn: this.queue.queue.queueArn,
          targetResource: this.queue.queue,
          deadLetterConfig: { arn: undelivered.queue.queueArn },
          retryPolicy: { maximumEventAgeInSeconds: Duration.hours(24).toSeconds(), maximumRetryAttempts: 185 },
        }),
      });
      allowRuleToSend(rule, this.queue.queue, `IamEvents${number}`);
      allowRuleToSend(rule, undelivered.queue, `IamEvents${number}`);
    }
  }

  #watch(): void {
    this.#defaults.alarms.addAlarm({
      section: 'iam-baseline-unreliable',
      summary:
        'A baseline is there and cannot be relied on: not signed as the trust policy wants it, ended, or older than one that was accepted. Nothing is changed on the strength of it.',
      metric: countOf('IamBaselineUnreliable', 'iam-reaction'),
      threshold: 1,
    });
    this.#defaults.alarms.addAlarm({
      section: 'iam-probing',
      summary: `${MOST_FAILED_CALLS} calls that would change access failed within an hour: somebody may be trying what they are allowed to do. Nothing was changed by them.`,
      metric: countOf('IamProbe', 'iam-reaction', Duration.hours(1)),
      threshold: MOST_FAILED_CALLS,
    });
  }
}
