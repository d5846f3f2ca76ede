import { Duration, Fn, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { CompiledAwsConfig } from '../lambdas/core/config/aws-config.ts';
import type { DriftStore } from './drift-store.ts';
import type { FindingsRecorder } from './findings-recorder.ts';
import type { PlanExecution } from './plan-execution.ts';
import type { PlanLedger } from './plan-ledger.ts';
import { allowSurveying } from './playbook-rights.ts';
import { ReactionQueue } from './reaction-queue.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { allowRuleToSend, type UndeliveredEvents } from './undelivered-events.ts';

const TIMEOUT = Duration.seconds(60);
const DELETED = ['ResourceDeleted', 'ResourceDeletedNotRecorded'];

export interface ConfigAnswersProps {
  readonly defaults: FunctionDefaults;
  readonly undelivered: UndeliveredEvents;
  readonly recorder: FindingsRecorder;
}

/** From a result of AWS Config to a word beside its finding: rules -> queue -> config-reaction. It changes nothing itself: what a playbook would do is a plan for the executor. */
export class ConfigAnswers extends Construct {
  readonly queue: ReactionQueue;
  readonly reaction: ServiceFunction;
  readonly table: Table;

  constructor(scope: Construct, id: string, { defaults, undelivered, recorder }: ConfigAnswersProps) {
    super(scope, id);
    const table = this.#createStore(defaults);
    this.table = table;
    this.queue = new ReactionQueue(this, 'Queue', {
      name: 'config',
      key: defaults.key,
      functionTimeout: TIMEOUT,
      alarms: defaults.alarms,
      sections: { deadLetters: 'config-dead-letters', behind: 'config-queue-behind' },
      deadLetterMeaning:
        'A result of AWS Config could not be worked off: it was rejected as unreadable, or five attempts failed. A finding may be missing, or stay open.',
    });
    this.reaction = new ServiceFunction(this, 'Reaction', {
      ...defaults,
      name: 'config-reaction',
      description: 'Tells what follows from results of AWS Config',
      timeout: TIMEOUT,
      memorySize: 512,
      environment: {
        RESULT_TABLE: table.tableName,
        FINDINGS_QUEUE_URL: recorder.queue.queue.queueUrl,
        REJECTED_QUEUE_URL: this.queue.deadLetterQueue.queueUrl,
      },
    });
    this.queue.addReader(this.reaction, { batchSize: 10, maxConcurrency: 5 });
    recorder.allowAnnotating();
    this.reaction.allow(
      // Have no resource level (Service Authorization Reference, AWS Config).
      new PolicyStatement({
        actions: ['config:BatchGetResourceConfig', 'config:DescribeConfigRules'],
        resources: ['*'],
      }),
      new PolicyStatement({ actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [table.tableArn] }),
      defaults.key.statementFor('dynamodb'),
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [this.queue.deadLetterQueue.queueArn, recorder.queue.queue.queueArn],
      }),
      defaults.key.statementFor('sqs:send'),
    );
    this.#createRule(undelivered, 'Results', 'Results of AWS Config rules', {
      source: ['aws.config'],
      detailType: ['Config Rules Compliance Change'],
    });
    // Of all changes only deletions end something: the others are not even sent.
    this.#createRule(undelivered, 'Deletions', 'Resources that AWS Config saw deleted', {
      source: ['aws.config'],
      detailType: ['Config Configuration Item Change'],
      detail: {
        $or: [
          { configurationItem: { configurationItemStatus: DELETED } },
          { configurationItemSummary: { configurationItemStatus: DELETED } },
        ],
      },
    });
  }

  /** Has the configured playbooks looked at, and their plans opened and handed to the executor. */
  addPlans(ledger: PlanLedger, plans: PlanExecution, config: CompiledAwsConfig): void {
    this.reaction.addEnvironment('LEDGER_TABLE', ledger.table.tableName);
    this.reaction.addEnvironment('PLAN_QUEUE_URL', plans.queue.queue.queueUrl);
    ledger.allowReadAndWrite(this.reaction);
    plans.allowToSend(this.reaction);
    allowSurveying(this.reaction, config);
  }

  /** Has what is known of a principal told beside results about it. */
  addDrift(store: DriftStore): void {
    this.reaction.addEnvironment('DRIFT_TABLE', store.table.tableName);
    store.allowRead(this.reaction);
  }

  /** Has results of these rules left alone, by their ARNs: names are labels that anybody may choose. */
  leaveOut(ruleArns: readonly string[]): void {
    this.reaction.addEnvironment('OWN_RULE_ARNS', Fn.join(',', [...ruleArns]));
  }

  #createStore({ key }: FunctionDefaults): Table {
    const table = new Table(this, 'Table', {
      partitionKey: { name: 'resource', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key.key,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(table).acknowledge({
      id: 'NIST.800.53.R5::NIST.800.53.R5-DynamoDBInBackupPlan',
      reason:
        'It holds which results were told. AWS Config keeps them all, and re-evaluating its rules sends them again.',
    });
    return table;
  }

  #createRule(undelivered: UndeliveredEvents, name: string, description: string, eventPattern: EventPattern): void {
    const rule = new Rule(this, name, {
      ruleName: `countersign-config-${name.toLowerCase()}`,
      description,
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
    allowRuleToSend(rule, this.queue.queue, `Config${name}`);
    allowRuleToSend(rule, undelivered.queue, `Config${name}`);
  }
}
