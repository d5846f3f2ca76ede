import { ArnFormat, Aws, Duration, Stack, Validations } from 'aws-cdk-lib';
import { CfnConfigRule } from 'aws-cdk-lib/aws-config';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import { Construct } from 'constructs';
import type { CompiledIam } from '../lambdas/core/config/iam.ts';
import { countOf } from './alarms.ts';
import type { IamDrift } from './iam-drift.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import type { VerdictStore } from './verdict-store.ts';

/** The questions that `config-evaluation` answers, and what Config says of each rule. */
const RULES = {
  'image-signatures': 'Every image in the repository is verified by its signatures',
  'iam-baseline': 'The principal or policy is as it was signed',
  'oidc-trust': 'The role trusts one audience and subject of each OpenID Connect provider',
} as const;
type Question = keyof typeof RULES;

export interface ConfigEvaluationsProps {
  readonly defaults: FunctionDefaults;
  readonly verdicts: VerdictStore;
  /** Where IAM is watched. */
  readonly iam?: { readonly settings: CompiledIam; readonly drift: IamDrift };
}

/** From our verdicts to AWS Config: custom rules -> config-evaluation -> results. It reads what the reactions stored, and changes nothing. */
export class ConfigEvaluations extends Construct {
  readonly evaluation: ServiceFunction;
  /** Of our own rules: what Config tells of them Security Hub has from us already. */
  readonly ruleArns: readonly string[];

  constructor(scope: Construct, id: string, { defaults, verdicts, iam }: ConfigEvaluationsProps) {
    super(scope, id);
    this.evaluation = new ServiceFunction(this, 'Evaluation', {
      ...defaults,
      name: 'config-evaluation',
      description: 'Shows verdicts as results of AWS Config rules',
      timeout: Duration.minutes(15),
      memorySize: 512,
      environment: {
        VERDICT_TABLE: verdicts.table.tableName,
        ...(iam && { DRIFT_TABLE: iam.drift.store.table.tableName }),
      },
    });
    verdicts.allowList(this.evaluation);
    iam?.drift.store.allowList(this.evaluation);
    this.#allowConfig(iam !== undefined);
    const asked: readonly Question[] = [
      'image-signatures',
      ...(iam ? (['iam-baseline'] as const) : []),
      ...(iam?.settings.checks.trust ? (['oidc-trust'] as const) : []),
    ];
    this.ruleArns = this.#createRules(asked);
    defaults.alarms.addAlarm({
      section: 'config-evaluation-not-run',
      summary:
        'AWS Config has not asked for our verdicts for three hours, or they could not be handed over: what it shows of them is old.',
      metric: countOf('EvaluationRun', 'config-evaluation', Duration.hours(1)),
      threshold: 1,
      below: true,
      periods: { of: 3, bad: 3 },
    });
  }

  #allowConfig(isIamWatched: boolean): void {
    const rules = Stack.of(this).formatArn({
      service: 'config',
      resource: 'config-rule',
      resourceName: '*',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    this.evaluation.allow(
      // Have no resource level (Service Authorization Reference, AWS Config); a result needs the token that Config gave besides.
      new PolicyStatement({
        actions: [
          'config:PutEvaluations',
          ...(isIamWatched ? ['config:BatchGetResourceConfig', 'config:ListDiscoveredResources'] : []),
        ],
        resources: ['*'],
      }),
      new PolicyStatement({ actions: ['config:GetComplianceDetailsByConfigRule'], resources: [rules] }),
    );
    Validations.of(this.evaluation.role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${flattenCfnReference(Stack.of(this).resolve(rules))}]`,
      reason:
        'Config makes the ids of its rules, and a rule needs the function that answers it before it is made. The right is to read results.',
    });
  }

  #createRules(asked: readonly Question[]): readonly string[] {
    const { function: answering } = this.evaluation;
    answering.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.minutes(30) });
    Validations.of(answering).acknowledge({
      id: 'Serverless::Serverless-LambdaAsyncFailureDestination',
      reason:
        'An invocation carries nothing that could be lost: the next hour asks the same again, and alarms tell of the failed one.',
    });
    answering.addPermission('AwsConfig', {
      principal: new ServicePrincipal('config.amazonaws.com'),
      sourceAccount: Aws.ACCOUNT_ID,
    });
    return asked.map((question) => {
      const rule = new CfnConfigRule(this, question, {
        configRuleName: `countersign-${question}`,
        description: RULES[question],
        inputParameters: { question },
        source: {
          owner: 'CUSTOM_LAMBDA',
          sourceIdentifier: answering.functionArn,
          sourceDetails: [
            {
              eventSource: 'aws.config',
              messageType: 'ScheduledNotification',
              maximumExecutionFrequency: 'One_Hour',
            },
          ],
        },
      });
      // Config tries the function when the rule is made.
      rule.node.addDependency(answering, this.evaluation.role);
      return rule.attrArn;
    });
  }
}
