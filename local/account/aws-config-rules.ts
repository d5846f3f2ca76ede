import {
  DescribeConfigRulesCommand,
  type Evaluation,
  GetComplianceDetailsByConfigRuleCommand,
  InvalidNextTokenException,
  InvalidParameterValueException,
  InvalidResultTokenException,
  LimitExceededException,
  NoSuchConfigRuleException,
  PutEvaluationsCommand,
  StartConfigRulesEvaluationCommand,
} from '@aws-sdk/client-config-service';
import { answers, type Operation, refusal } from './answer.ts';
import { type AccountContext, newId } from './context.ts';
import { pageOf } from './paging.ts';

/** AWS Config API reference: PutEvaluations, Evaluation, GetComplianceDetailsByConfigRule, StartConfigRulesEvaluation. */
const MOST_EVALUATIONS = 100;
const LONGEST_ANNOTATION = 256;
const MOST_RESULTS = 100;
const MOST_RULES = 25;
const BETWEEN_STARTS = 60_000;

export interface CustomRule {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  /** Of a managed rule. It is evaluated by nobody here. */
  readonly identifier?: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Milliseconds between evaluations. */
  readonly every: number;
  /** Hands the event to the function of the rule. */
  readonly invoke: (event: unknown) => void;
}

interface Result {
  readonly evaluation: Evaluation;
  readonly recordedAt: number;
}

interface RunningRule {
  readonly rule: CustomRule;
  /** By resource. */
  readonly results: Map<string, Result>;
  startedAt: number;
}

/** The custom rules of an account with their results. A change of a result is an event. */
export class CustomRules {
  readonly #context: AccountContext;
  readonly #rules = new Map<string, RunningRule>();
  readonly #tokens = new Map<string, RunningRule>();

  constructor(context: AccountContext) {
    this.#context = context;
  }

  /** Evaluates the rule now and then by its schedule. Returns a function that deletes it. */
  add(rule: CustomRule): () => void {
    const running: RunningRule = { rule, results: new Map(), startedAt: Number.NEGATIVE_INFINITY };
    this.#rules.set(rule.name, running);
    const fire = () => {
      cancel = this.#context.clock.schedule(rule.every, fire);
      this.#evaluate(running);
    };
    let cancel = this.#context.clock.schedule(0, fire);
    return () => {
      cancel();
      this.#rules.delete(rule.name);
    };
  }

  /** Results by `rule type id`. */
  results(): ReadonlyMap<string, Evaluation> {
    return new Map(
      [...this.#rules.values()].flatMap(({ rule, results }) =>
        [...results].map(([key, { evaluation }]): [string, Evaluation] => [`${rule.name} ${key}`, evaluation]),
      ),
    );
  }

  #evaluate(running: RunningRule): void {
    const { rule } = running;
    const { id, clock } = this.#context;
    const resultToken = newId(this.#context);
    this.#tokens.set(resultToken, running);
    rule.invoke({
      version: '1.0',
      invokingEvent: JSON.stringify({
        awsAccountId: id,
        notificationCreationTime: new Date(clock.now()).toISOString(),
        messageType: 'ScheduledNotification',
        recordVersion: '1.0',
      }),
      ruleParameters: JSON.stringify(rule.parameters),
      resultToken,
      eventLeftScope: false,
      executionRoleArn: `arn:aws:iam::${id}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
      configRuleArn: rule.arn,
      configRuleName: rule.name,
      configRuleId: rule.id,
      accountId: id,
    });
  }

  operations(): [string, Operation][] {
    return [
      answers(PutEvaluationsCommand, ({ Evaluations = [], ResultToken = '' }) => {
        const running = this.#tokens.get(ResultToken);
        if (running === undefined) throw refusal(InvalidResultTokenException, 'The result token is not valid.');
        checkEvaluations(Evaluations);
        for (const evaluation of Evaluations) this.#put(running, evaluation);
        return { FailedEvaluations: [] };
      }),
      answers(GetComplianceDetailsByConfigRuleCommand, (input) => {
        const { ConfigRuleName = '', ComplianceTypes, Limit = 10, NextToken } = input;
        const { rule, results } = this.#find(ConfigRuleName);
        if (Limit < 0 || Limit > MOST_RESULTS) throw invalid(`Limit: 0 to ${MOST_RESULTS}`);
        const wanted = [...results].filter(
          ([, { evaluation }]) => ComplianceTypes?.some((type) => type === evaluation.ComplianceType) ?? true,
        );
        const page = pageOf(wanted, ([key]) => key, Limit || 10, NextToken);
        if (page === undefined) throw refusal(InvalidNextTokenException, 'NextToken');
        return {
          EvaluationResults: page.items.map(([, { evaluation, recordedAt }]) => ({
            EvaluationResultIdentifier: identify(rule.name, evaluation),
            ComplianceType: evaluation.ComplianceType,
            ResultRecordedTime: new Date(recordedAt),
            Annotation: evaluation.Annotation,
          })),
          ...(page.nextToken !== undefined && { NextToken: page.nextToken }),
        };
      }),
      answers(DescribeConfigRulesCommand, ({ ConfigRuleNames, NextToken }) => {
        const asked = ConfigRuleNames?.map((name) => this.#find(name)) ?? [...this.#rules.values()];
        const page = pageOf(asked, ({ rule }) => rule.name, MOST_RULES, NextToken);
        if (page === undefined) throw refusal(InvalidNextTokenException, 'NextToken');
        return {
          ConfigRules: page.items.map(({ rule: { name, arn, id, identifier } }) => ({
            ...{ ConfigRuleName: name, ConfigRuleArn: arn, ConfigRuleId: id },
            Source:
              identifier === undefined
                ? { Owner: 'CUSTOM_LAMBDA' as const }
                : { Owner: 'AWS' as const, SourceIdentifier: identifier },
          })),
          ...(page.nextToken !== undefined && { NextToken: page.nextToken }),
        };
      }),
      answers(StartConfigRulesEvaluationCommand, ({ ConfigRuleNames = [] }) => {
        if (ConfigRuleNames.length < 1 || ConfigRuleNames.length > MOST_RULES) throw invalid('ConfigRuleNames');
        const asked = ConfigRuleNames.map((name) => this.#find(name));
        const now = this.#context.clock.now();
        if (asked.some(({ startedAt }) => now - startedAt < BETWEEN_STARTS)) {
          throw refusal(LimitExceededException, 'An evaluation was started less than a minute ago.');
        }
        for (const running of asked) {
          running.startedAt = now;
          this.#context.afterwards(() => this.#evaluate(running));
        }
        return {};
      }),
    ];
  }

  #find(name: string): RunningRule {
    const found = this.#rules.get(name);
    if (found === undefined) throw refusal(NoSuchConfigRuleException, `The ConfigRule '${name}' is not valid.`);
    return found;
  }

  #put({ rule, results }: RunningRule, evaluation: Evaluation): void {
    const key = `${evaluation.ComplianceResourceType} ${evaluation.ComplianceResourceId}`;
    const before = results.get(key)?.evaluation;
    if (before !== undefined && timeOf(before) > timeOf(evaluation)) return;
    const recordedAt = this.#context.clock.now();
    results.set(key, { evaluation, recordedAt });
    if (before?.ComplianceType === evaluation.ComplianceType) return;
    const { id, region } = this.#context;
    const at = new Date(recordedAt).toISOString();
    const describe = (one: Evaluation) => ({
      complianceType: one.ComplianceType,
      evaluationResultIdentifier: {
        evaluationResultQualifier: {
          configRuleName: rule.name,
          resourceType: one.ComplianceResourceType,
          resourceId: one.ComplianceResourceId,
        },
        orderingTimestamp: one.OrderingTimestamp?.toISOString(),
      },
      resultRecordedTime: at,
      annotation: one.Annotation ?? null,
    });
    this.#context.emit({
      source: 'aws.config',
      detailType: 'Config Rules Compliance Change',
      detail: {
        messageType: 'ComplianceChangeNotification',
        awsAccountId: id,
        awsRegion: region,
        configRuleName: rule.name,
        configRuleARN: rule.arn,
        resourceType: evaluation.ComplianceResourceType,
        resourceId: evaluation.ComplianceResourceId,
        newEvaluationResult: describe(evaluation),
        ...(before !== undefined && { oldEvaluationResult: describe(before) }),
        notificationCreationTime: at,
      },
    });
  }
}

function checkEvaluations(evaluations: readonly Evaluation[]): void {
  if (evaluations.length > MOST_EVALUATIONS) throw invalid(`Evaluations: at most ${MOST_EVALUATIONS}`);
  for (const { ComplianceResourceType, ComplianceResourceId, ComplianceType, Annotation } of evaluations) {
    if (!ComplianceResourceType || ComplianceResourceType.length > 256) throw invalid('ComplianceResourceType');
    if (!ComplianceResourceId || ComplianceResourceId.length > 768) throw invalid('ComplianceResourceId');
    if (ComplianceType === undefined || ComplianceType === 'INSUFFICIENT_DATA') throw invalid('ComplianceType');
    if (Annotation !== undefined && (Annotation === '' || Annotation.length > LONGEST_ANNOTATION)) {
      throw invalid('Annotation');
    }
  }
}

function identify(name: string, { ComplianceResourceType, ComplianceResourceId, OrderingTimestamp }: Evaluation) {
  return {
    EvaluationResultQualifier: {
      ConfigRuleName: name,
      ResourceType: ComplianceResourceType,
      ResourceId: ComplianceResourceId,
    },
    OrderingTimestamp,
  };
}

function timeOf({ OrderingTimestamp }: Evaluation): number {
  return OrderingTimestamp?.getTime() ?? 0;
}

function invalid(message: string): InvalidParameterValueException {
  return refusal(InvalidParameterValueException, message);
}
