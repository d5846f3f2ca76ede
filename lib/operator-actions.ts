import { Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ActionTargets } from './action-targets.ts';
import { countOf } from './alarms.ts';
import type { ImageVerification } from './image-verification.ts';
import type { PlanExecution } from './plan-execution.ts';
import type { PlanLedger } from './plan-ledger.ts';
import { ReactionQueue } from './reaction-queue.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { allowRuleToSend, type UndeliveredEvents } from './undelivered-events.ts';

const TIMEOUT = Duration.seconds(30);

/** Names of the custom actions, as `lambdas/core/events/custom-action.ts` reads them. */
const ACTIONS = ['CountersignApprove', 'CountersignDeny', 'CountersignUndo', 'CountersignDelete', 'CountersignContain'];

export interface OperatorActionsProps {
  readonly defaults: FunctionDefaults;
  readonly ledger: PlanLedger;
  readonly plans: PlanExecution;
  readonly images: ImageVerification;
  readonly undelivered: UndeliveredEvents;
}

/** From a click in Security Hub to an entry in the ledger: rule -> queue -> operator-action. It can change nothing itself. */
export class OperatorActions extends Construct {
  readonly queue: ReactionQueue;
  readonly operator: ServiceFunction;
  readonly targets: ActionTargets;

  constructor(scope: Construct, id: string, { defaults, ledger, plans, images, undelivered }: OperatorActionsProps) {
    super(scope, id);
    this.queue = new ReactionQueue(this, 'Queue', {
      name: 'operator',
      key: defaults.key,
      functionTimeout: TIMEOUT,
      alarms: defaults.alarms,
      sections: { deadLetters: 'operator-dead-letters', behind: 'operator-queue-behind' },
      deadLetterMeaning:
        'What an operator asked for in Security Hub was not understood, or five attempts to note it failed.',
    });
    this.operator = new ServiceFunction(this, 'Operator', {
      ...defaults,
      name: 'operator-action',
      description: 'Notes in the ledger what operators decide about plans',
      timeout: TIMEOUT,
      memorySize: 512,
      environment: {
        LEDGER_TABLE: ledger.table.tableName,
        PLAN_QUEUE_URL: plans.queue.queue.queueUrl,
        IMAGE_QUEUE_URL: images.queue.queue.queueUrl,
        REJECTED_QUEUE_URL: this.queue.deadLetterQueue.queueUrl,
      },
    });
    this.queue.addReader(this.operator, { batchSize: 10, maxConcurrency: 2 });
    ledger.allowReadAndWrite(this.operator);
    this.operator.allow(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [plans.queue.queue.queueArn, images.queue.queue.queueArn, this.queue.deadLetterQueue.queueArn],
      }),
      defaults.key.statementFor('sqs:send'),
    );
    this.targets = new ActionTargets(this, 'Targets', { defaults, actions: ACTIONS });
    this.createRule(undelivered);
    defaults.alarms.addAlarm({
      section: 'operator-request-refused',
      summary:
        'An operator asked for something that the ledger refuses: an unknown plan, another finding, or a state in which it cannot be.',
      metric: countOf('OperatorRequestRefused', 'operator-action'),
      threshold: 1,
    });
  }

  private createRule(undelivered: UndeliveredEvents): void {
    const stack = Stack.of(this);
    const arnOf = (name: string) =>
      stack.formatArn({ service: 'securityhub', resource: 'action/custom', resourceName: name });
    const rule = new Rule(this, 'Rule', {
      ruleName: 'countersign-operators',
      description: 'Custom actions of Countersign that operators used in Security Hub',
      eventPattern: {
        source: ['aws.securityhub'],
        detailType: ['Security Hub Findings - Custom Action'],
        resources: ACTIONS.map(arnOf),
      },
    });
    rule.addTarget({
      bind: () => ({
        arn: this.queue.queue.queueArn,
        targetResource: this.queue.queue,
        deadLetterConfig: { arn: undelivered.queue.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: Duration.hours(24).toSeconds(), maximumRetryAttempts: 185 },
      }),
    });
    allowRuleToSend(rule, this.queue.queue, 'OperatorEvents');
    allowRuleToSend(rule, undelivered.queue, 'OperatorEvents');
  }
}
