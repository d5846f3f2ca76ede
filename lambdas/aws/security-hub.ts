import {
  type AwsSecurityFinding,
  type AwsSecurityFindingFilters,
  BatchImportFindingsCommand,
  BatchUpdateFindingsCommand,
  GetFindingsCommand,
  type SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { partitionOf } from '../core/aws-names.ts';
import { CountersignError } from '../core/errors.ts';
import { type Annotation, addAnnotation, NOTE_AUTHOR } from '../core/findings/annotation.ts';
import type { AsffFinding } from '../core/findings/asff.ts';
import { isAbout, type ResultNote } from '../core/findings/result-note.ts';

/** Why Security Hub did not take a finding. `permanent`: the finding itself is refused, another try would be too. */
export interface ImportFailure {
  readonly id: string;
  readonly code: string;
  readonly message: string;
  readonly permanent: boolean;
}

/** Codes of `FailedFindings` that speak of the finding, not of the moment (Security Hub API Reference, BatchImportFindings and BatchUpdateFindings). */
const PERMANENT = new Set(['InvalidInput', 'FindingSizeExceeded', 'InvalidAccess', 'MalformedFinding']);

/**
 * Imports one batch of findings, at most 100 and 6 MB, with distinct ids. Returns the ones that failed: a partial failure is an answer of 200. Throws where
 * the whole call failed.
 */
export async function importFindings(
  client: SecurityHubClient,
  findings: readonly AsffFinding[],
): Promise<readonly ImportFailure[]> {
  const { FailedFindings = [] } = await client.send(new BatchImportFindingsCommand({ Findings: [...findings] }));
  return FailedFindings.map(({ Id = '', ErrorCode = '', ErrorMessage = '' }) => ({
    id: Id,
    code: ErrorCode,
    message: ErrorMessage,
    permanent: PERMANENT.has(ErrorCode),
  }));
}

/** A product field of the newest finding with an Id, or undefined where there is no such finding or field. */
export async function readProductField(
  client: SecurityHubClient,
  id: string,
  field: string,
): Promise<string | undefined> {
  const { Findings = [] } = await client.send(
    new GetFindingsCommand({ Filters: { Id: [{ Value: id, Comparison: 'EQUALS' }] }, MaxResults: 10 }),
  );
  const [newest] = Findings.toSorted((one, other) => ((one.UpdatedAt ?? '') < (other.UpdatedAt ?? '') ? 1 : -1));
  return newest?.ProductFields?.[field];
}

/**
 * Writes an annotation beside the finding it is about, and leaves what others wrote there. `known`: this or a newer version was annotated before. `absent`: Security Hub
 * does not hold the finding. Throws where it does not take the update.
 */
export async function annotateFinding(
  client: SecurityHubClient,
  annotation: Annotation,
): Promise<'annotated' | 'known' | 'absent'> {
  const held = await findFinding(client, { Id: annotation.findingId, ProductArn: annotation.productArn });
  return held === undefined ? 'absent' : annotateHeld(client, held, annotation);
}

/** The same for a finding that was read. */
export async function annotateHeld(
  client: SecurityHubClient,
  held: AwsSecurityFinding,
  annotation: Pick<Annotation, 'updatedAt' | 'count' | 'note' | 'fields' | 'raiseTo'>,
): Promise<'annotated' | 'known' | 'absent'> {
  const identifier = { Id: held.Id, ProductArn: held.ProductArn };
  const writing = addAnnotation(
    { fields: held.UserDefinedFields ?? {}, noteBy: held.Note?.UpdatedBy, severity: held.Severity?.Label },
    annotation,
  );
  if (writing === undefined) return 'known';
  const { fields, note, severity } = writing;
  if (fields === undefined && note === undefined) return 'known';
  const { UnprocessedFindings = [] } = await client.send(
    new BatchUpdateFindingsCommand({
      FindingIdentifiers: [identifier],
      ...(fields !== undefined && { UserDefinedFields: { ...fields } }),
      ...(severity !== undefined && { Severity: { Label: severity } }),
      ...(note !== undefined && { Note: { Text: note, UpdatedBy: NOTE_AUTHOR } }),
    }),
  );
  const [failure] = UnprocessedFindings;
  if (failure === undefined) return 'annotated';
  if (failure.ErrorCode === 'FindingNotFound') return 'absent';
  throw new CountersignError('not-annotated', `${failure.ErrorCode}: ${failure.ErrorMessage ?? ''}`);
}

/** Whether a finding is active or archived; undefined where Security Hub does not hold it. */
export async function readRecordState(
  client: SecurityHubClient,
  finding: Pick<AsffFinding, 'Id' | 'ProductArn'>,
): Promise<string | undefined> {
  return (await findFinding(client, finding))?.RecordState;
}

/** Findings about one resource by one rule: a page has 100, and there are hardly ever more than one for each standard. */
const MOST_PAGES = 3;

/** What Security Hub holds about a result of Config. */
export interface HeldResult {
  /** Of Config or of controls. */
  readonly theirs: readonly AwsSecurityFinding[];
  readonly ours: AwsSecurityFinding | undefined;
  /** False where there was more than could be looked at: that nothing was found says nothing then. */
  readonly isAll: boolean;
}

/**
 * Looks for the findings about a result of Config. Those of its integration have the rule as their generator, those of controls name it in a field of their product
 * (Security Hub user guide, "AWS Config" and "ASFF fields of control findings"). The finding of our own is read in the same call: 3 calls a second are all there are.
 */
export async function findResult(client: SecurityHubClient, note: ResultNote): Promise<HeldResult> {
  const { account, region, rule, findingsOf, resourceIds, standIn } = note;
  const equals = (values: readonly string[]) => values.map((Value) => ({ Value, Comparison: 'EQUALS' as const }));
  const named = { Key: 'RelatedAWSResources:0/name', Value: rule.name, Comparison: 'EQUALS' as const };
  const ids = [...new Set([...resourceIds, ...(standIn?.Resources ?? []).map(({ Id }) => Id)])];
  const Filters: AwsSecurityFindingFilters = {
    AwsAccountId: equals([account]),
    ...(findingsOf === 'config'
      ? { GeneratorId: equals([rule.arn, ...(standIn === undefined ? [] : [standIn.GeneratorId])]) }
      : { ProductFields: [named] }),
    ...(note.isExact && { ResourceId: equals(ids) }),
  };
  const productArn = `arn:${partitionOf(region)}:securityhub:${region}::product/aws/${findingsOf}`;
  const found: AwsSecurityFinding[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await client.send(
      new GetFindingsCommand({ Filters, MaxResults: 100, ...(NextToken !== undefined && { NextToken }) }),
    );
    found.push(...(answer.Findings ?? []));
    NextToken = answer.NextToken;
    if (NextToken === undefined) break;
  }
  const idsOf = (one: AwsSecurityFinding) => (one.Resources ?? []).flatMap(({ Id }) => Id ?? []);
  return {
    theirs: found.filter((one) => one.ProductArn === productArn && isAbout(note, idsOf(one))),
    ours: found.find((one) => one.Id === standIn?.Id && one.ProductArn === standIn?.ProductArn),
    isAll: NextToken === undefined,
  };
}

async function findFinding(
  client: SecurityHubClient,
  { Id, ProductArn }: Pick<AsffFinding, 'Id' | 'ProductArn'>,
): Promise<AwsSecurityFinding | undefined> {
  const Filters = {
    Id: [{ Value: Id, Comparison: 'EQUALS' as const }],
    ProductArn: [{ Value: ProductArn, Comparison: 'EQUALS' as const }],
  };
  const { Findings = [] } = await client.send(new GetFindingsCommand({ Filters, MaxResults: 1 }));
  return Findings[0];
}
