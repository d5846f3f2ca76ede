import { Duration, Lazy, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { DriftStore } from './drift-store.ts';
import type { FindingsRecorder } from './findings-recorder.ts';
import { allowReadingIam, CREDENTIAL_READS, PRINCIPAL_READS } from './iam-rights.ts';
import type { PlanExecution } from './plan-execution.ts';
import type { PlanLedger } from './plan-ledger.ts';
import { ReactionQueue } from './reaction-queue.ts';
import { allowEveryRepository } from './repository-rights.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { allowRuleToSend, type UndeliveredEvents } from './undelivered-events.ts';
import type { VerdictStore } from './verdict-store.ts';

const TIMEOUT = Duration.seconds(60);

export interface GuardDutyAnswersProps {
  readonly defaults: FunctionDefaults;
  readonly undelivered: UndeliveredEvents;
  readonly recorder: FindingsRecorder;
  readonly verdicts: VerdictStore;
}

/** From a finding of GuardDuty to a word beside it: rule -> queue -> guardduty-reaction. It changes nothing; what it plans the executor carries out. */
export class GuardDutyAnswers extends Construct {
  readonly queue: ReactionQueue;
  readonly reaction: ServiceFunction;
  readonly #table: Table;
  #ownRoles: readonly string[] = [];

  constructor(scope: Construct, id: string, { defaults, undelivered, recorder, verdicts }: GuardDutyAnswersProps) {
    super(scope, id);
    const table = this.#createStore(defaults);
    this.#table = table;
    this.queue = new ReactionQueue(this, 'Queue', {
      name: 'guardduty',
      key: defaults.key,
      functionTimeout: TIMEOUT,
      alarms: defaults.alarms,
      sections: { deadLetters: 'guardduty-dead-letters', behind: 'guardduty-queue-behind' },
      deadLetterMeaning:
        'A finding of GuardDuty could not be worked off: it was rejected as unreadable, or five attempts failed. Countersign says nothing about that threat.',
    });
    this.reaction = new ServiceFunction(this, 'Reaction', {
      ...defaults,
      name: 'guardduty-reaction',
      description: 'Judges findings of GuardDuty and tells what follows',
      timeout: TIMEOUT,
      memorySize: 512,
      environment: {
        THREAT_TABLE: table.tableName,
        VERDICT_TABLE: verdicts.table.tableName,
        FINDINGS_QUEUE_URL: recorder.queue.queue.queueUrl,
        REJECTED_QUEUE_URL: this.queue.deadLetterQueue.queueUrl,
      },
    });
    this.queue.addReader(this.reaction, { batchSize: 10, maxConcurrency: 5 });
    recorder.allowAnnotating();
    verdicts.allowReadOne(this.reaction);
    allowEveryRepository(this.reaction, ['ecr:DescribeImages']);
    this.reaction.allow(
      new PolicyStatement({ actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [table.tableArn] }),
      defaults.key.statementFor('dynamodb'),
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [this.queue.deadLetterQueue.queueArn, recorder.queue.queue.queueArn],
      }),
      defaults.key.statementFor('sqs:send'),
    );
    this.#createRule(undelivered);
  }

  /** Lets the reaction plan to contain whom a finding is about: it reads them and proposes, and changes nothing. Tells it whom no plan may touch. */
  addContainment(ledger: PlanLedger, plans: PlanExecution, ownRoles: readonly string[], drift?: DriftStore): void {
    this.reaction.addEnvironment('LEDGER_TABLE', ledger.table.tableName);
    this.reaction.addEnvironment('PLAN_QUEUE_URL', plans.queue.queue.queueUrl);
    this.#ownRoles = ownRoles;
    this.reaction.addEnvironment('OWN_ROLES', Lazy.string({ produce: () => this.#ownRoles.join(' ') }));
    ledger.allowReadAndWrite(this.reaction);
    plans.allowToSend(this.reaction);
    allowReadingIam(this.reaction, [...PRINCIPAL_READS, ...CREDENTIAL_READS]);
    this.reaction.allow(new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [this.#table.tableArn] }));
    if (drift === undefined) return;
    this.reaction.addEnvironment('DRIFT_TABLE', drift.table.tableName);
    drift.allowRead(this.reaction);
  }

  /** Lets a function ask for a look at somebody who is contained, or is to be. */
  allowToAsk(sender: ServiceFunction): void {
    sender.addEnvironment('THREAT_QUEUE_URL', this.queue.queue.queueUrl);
    sender.allow(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.queue.queue.queueArn] }));
  }

  #createStore({ key }: FunctionDefaults): Table {
    const table = new Table(this, 'Table', {
      partitionKey: { name: 'threat', type: AttributeType.STRING },
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
        'It holds which findings were worked off: GuardDuty repeats them every six hours, and a repeat changes nothing.',
    });
    return table;
  }

  /** Every severity: which finding counts is decided by the function, where it is tested and told. */
  #createRule(undelivered: UndeliveredEvents): void {
    const rule = new Rule(this, 'Rule', {
      ruleName: 'countersign-guardduty',
      description: 'Findings of GuardDuty',
      eventPattern: { source: ['aws.guardduty'], detailType: ['GuardDuty Finding'] },
    });
    rule.addTarget({
      bind: () => ({
        arn: this.queue.queue.queueArn,
        targetResource: this.queue.queue,
        deadLetterConfig: { arn: undelivered.queue.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: Duration.hours(24).toSeconds(), maximumRetryAttempts: 185 },
      }),
    });
    allowRuleToSend(rule, this.queue.queue, 'GuardDutyEvents');
    allowRuleToSend(rule, undelivered.queue, 'GuardDutyEvents');
  }
}
