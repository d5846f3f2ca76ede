import { ArnFormat, Duration, Fn, Stack, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import { Construct } from 'constructs';
import { countOf } from './alarms.ts';
import type { ConfigAnswers } from './config-answers.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import type { UndeliveredEvents } from './undelivered-events.ts';

export interface ConfigSweepProps {
  readonly defaults: FunctionDefaults;
  readonly undelivered: UndeliveredEvents;
  readonly answers: ConfigAnswers;
  /** Rules whose results are left alone. */
  readonly ownRuleArns: readonly string[];
}

/** The guarantee behind the events of AWS Config, which are best effort: schedule -> config-sweep -> queue of config-reaction. */
export class ConfigSweep extends Construct {
  readonly sweep: ServiceFunction;

  constructor(scope: Construct, id: string, { defaults, undelivered, answers, ownRuleArns }: ConfigSweepProps) {
    super(scope, id);
    this.sweep = new ServiceFunction(this, 'Sweep', {
      ...defaults,
      name: 'config-sweep',
      description: 'Finds results of AWS Config that were not told',
      timeout: Duration.minutes(15),
      memorySize: 512,
      environment: {
        RESULT_TABLE: answers.table.tableName,
        CONFIG_QUEUE_URL: answers.queue.queue.queueUrl,
        ...(ownRuleArns.length > 0 && { OWN_RULE_ARNS: Fn.join(',', [...ownRuleArns]) }),
      },
    });
    const rules = Stack.of(this).formatArn({
      service: 'config',
      resource: 'config-rule',
      resourceName: '*',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    this.sweep.allow(
      // Has no resource level (Service Authorization Reference, AWS Config).
      new PolicyStatement({ actions: ['config:DescribeConfigRules'], resources: ['*'] }),
      new PolicyStatement({ actions: ['config:GetComplianceDetailsByConfigRule'], resources: [rules] }),
      new PolicyStatement({ actions: ['dynamodb:Scan'], resources: [answers.table.tableArn] }),
      defaults.key.statementFor('dynamodb'),
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [answers.queue.queue.queueArn] }),
      defaults.key.statementFor('sqs:send'),
    );
    Validations.of(this.sweep.role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${flattenCfnReference(Stack.of(this).resolve(rules))}]`,
      reason: 'Reading rights for the results of every rule of this account, also of those that are made later.',
    });
    this.#schedule(undelivered);
    defaults.alarms.addAlarm({
      section: 'config-sweep-not-completed',
      summary:
        'No sweep has compared the results of AWS Config with what was told for half a day: one whose event was lost is missing, or stays open.',
      metric: countOf('ConfigSweepCompleted', 'config-sweep', Duration.hours(6)),
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
        'A run carries no data that could be lost: the next one is a full one, and the alarm config-sweep-errors tells of the failed one.',
    });
    const rule = new Rule(this, 'Schedule', {
      ruleName: 'countersign-config-sweep',
      description: 'Starts the comparison of AWS Config with what was told of it',
      schedule: Schedule.rate(Duration.hours(6)),
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
