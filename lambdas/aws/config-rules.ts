import {
  BatchGetResourceConfigCommand,
  type ConfigServiceClient,
  GetComplianceDetailsByConfigRuleCommand,
  ListDiscoveredResourcesCommand,
  type Evaluation as PutEvaluation,
  PutEvaluationsCommand,
  type ResourceType,
} from '@aws-sdk/client-config-service';
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

/** The results that Config holds of a rule, those that are not applicable left out. */
export async function listEarlier(client: ConfigServiceClient, ruleName: string): Promise<readonly EarlierResult[]> {
  const found: EarlierResult[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await client.send(
      new GetComplianceDetailsByConfigRuleCommand({
        ConfigRuleName: ruleName,
        ComplianceTypes: ['COMPLIANT', 'NON_COMPLIANT'],
        Limit: PAGE,
        ...(NextToken !== undefined && { NextToken }),
      }),
    );
    for (const { ComplianceType: compliance, EvaluationResultIdentifier: of } of answer.EvaluationResults ?? []) {
      const { ResourceType: type, ResourceId: id } = of?.EvaluationResultQualifier ?? {};
      const isResult = compliance === 'COMPLIANT' || compliance === 'NON_COMPLIANT';
      if (isResult && type !== undefined && id !== undefined) found.push({ type, id, compliance });
    }
    NextToken = answer.NextToken;
    if (NextToken === undefined) return found;
  }
  throw tooLong(`results of ${ruleName}`);
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
