import {
  BatchGetResourceConfigCommand,
  type ConfigServiceClient,
  DescribeConfigRulesCommand,
  type EvaluationResult,
  GetComplianceDetailsByConfigRuleCommand,
  type GetComplianceDetailsByConfigRuleResponse,
  ListDiscoveredResourcesCommand,
  NoSuchConfigRuleException,
  type Evaluation as PutEvaluation,
  PutEvaluationsCommand,
  type ResourceType,
} from '@aws-sdk/client-config-service';
import type { ConfigRule } from '../core/controls/config-result.ts';
import type { Evaluation } from '../core/controls/evaluations/evaluation.ts';
import type { RecordedPrincipal } from '../core/controls/evaluations/judge-principals.ts';
import type { EarlierResult } from '../core/controls/evaluations/plan-evaluations.ts';
import { CountersignError } from '../core/errors.ts';

/** Items of one page and of one call (AWS Config API Reference: ListDiscoveredResources, BatchGetResourceConfig, GetComplianceDetailsByConfigRule, PutEvaluations). */
const PAGE = 100;
/** IAM has at most 5,000 of a kind by default, and Config as many results of a rule as there are resources. */
const MOST_PAGES = 500;
const MOST_TRIES = 3;

/** All resources of a type that Config records, with their ARNs. What it cannot tell of for the moment is left out. */
export async function listRecorded(
  client: ConfigServiceClient,
  resourceType: ResourceType,
): Promise<readonly RecordedPrincipal[]> {
  const found: RecordedPrincipal[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await client.send(
      new ListDiscoveredResourcesCommand({ resourceType, limit: PAGE, ...(nextToken !== undefined && { nextToken }) }),
    );
    const ids = (answer.resourceIdentifiers ?? []).flatMap(({ resourceId }) => resourceId ?? []);
    if (ids.length > 0) found.push(...(await readRecorded(client, resourceType, ids)));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return found;
  }
  throw tooLong(`resources of type ${resourceType}`);
}

async function readRecorded(
  client: ConfigServiceClient,
  resourceType: ResourceType,
  ids: readonly string[],
): Promise<readonly RecordedPrincipal[]> {
  const { baseConfigurationItems = [] } = await client.send(
    new BatchGetResourceConfigCommand({ resourceKeys: ids.map((resourceId) => ({ resourceType, resourceId })) }),
  );
  return baseConfigurationItems.flatMap(({ resourceId: id, arn, resourceCreationTime }) =>
    id === undefined || arn === undefined
      ? []
      : [{ type: resourceType, id, arn, createdAt: resourceCreationTime?.getTime() }],
  );
}

/** A result that Config holds. */
export interface HeldCompliance extends EarlierResult {
  /** When Config recorded it, Unix milliseconds. */
  readonly at: number;
}

/** The results that Config holds of a rule, of the kinds that are asked for. None where there is no such rule any more. */
export async function listResults(
  client: ConfigServiceClient,
  ruleName: string,
  kinds: readonly EarlierResult['compliance'][],
): Promise<readonly HeldCompliance[]> {
  const found: HeldCompliance[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await readPage(client, ruleName, kinds, NextToken);
    for (const result of answer.EvaluationResults ?? []) found.push(...readResult(result));
    NextToken = answer.NextToken;
    if (NextToken === undefined) return found;
  }
  throw tooLong(`results of ${ruleName}`);
}

async function readPage(
  client: ConfigServiceClient,
  ConfigRuleName: string,
  kinds: readonly EarlierResult['compliance'][],
  NextToken: string | undefined,
): Promise<Pick<GetComplianceDetailsByConfigRuleResponse, 'EvaluationResults' | 'NextToken'>> {
  const next = NextToken !== undefined && { NextToken };
  try {
    return await client.send(
      new GetComplianceDetailsByConfigRuleCommand({
        ConfigRuleName,
        ComplianceTypes: [...kinds],
        Limit: PAGE,
        ...next,
      }),
    );
  } catch (thrown) {
    // Deleted, and its results with it.
    if (thrown instanceof NoSuchConfigRuleException) return {};
    throw thrown;
  }
}

function readResult({
  ComplianceType: compliance,
  EvaluationResultIdentifier: of,
  ResultRecordedTime,
}: EvaluationResult): readonly HeldCompliance[] {
  const { ResourceType: type, ResourceId: id } = of?.EvaluationResultQualifier ?? {};
  if (compliance !== 'COMPLIANT' && compliance !== 'NON_COMPLIANT') return [];
  return type === undefined || id === undefined
    ? []
    : [{ type, id, compliance, at: ResultRecordedTime?.getTime() ?? 0 }];
}

/** All rules of the account and region. */
export async function listRules(client: ConfigServiceClient): Promise<readonly ConfigRule[]> {
  const found: ConfigRule[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await client.send(new DescribeConfigRulesCommand({ ...(NextToken !== undefined && { NextToken }) }));
    for (const { ConfigRuleName: name, ConfigRuleArn: arn } of answer.ConfigRules ?? []) {
      if (name !== undefined && arn !== undefined) found.push({ name, arn });
    }
    NextToken = answer.NextToken;
    if (NextToken === undefined) return found;
  }
  throw tooLong('rules');
}

/** Hands results over, 100 at a time, those that Config did not take three times. Throws `unput` where some are left. */
export async function putEvaluations(
  client: ConfigServiceClient,
  ResultToken: string,
  at: number,
  evaluations: readonly Evaluation[],
): Promise<void> {
  const OrderingTimestamp = new Date(at);
  for (let first = 0; first < evaluations.length; first += PAGE) {
    let left: PutEvaluation[] = evaluations
      .slice(first, first + PAGE)
      .map(({ type, id, compliance, annotation: Annotation }) => ({
        ...{ ComplianceResourceType: type, ComplianceResourceId: id, ComplianceType: compliance },
        ...{ Annotation, OrderingTimestamp },
      }));
    for (let tries = 0; left.length > 0; tries += 1) {
      if (tries === MOST_TRIES) throw new CountersignError('unput', `Config refused ${left.length} results`);
      left = (await client.send(new PutEvaluationsCommand({ Evaluations: left, ResultToken }))).FailedEvaluations ?? [];
    }
  }
}

function tooLong(what: string): CountersignError {
  return new CountersignError('too-long', `Config has more than ${MOST_PAGES} pages of ${what}`);
}
