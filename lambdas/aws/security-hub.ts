import {
  type AwsSecurityFinding,
  BatchImportFindingsCommand,
  BatchUpdateFindingsCommand,
  GetFindingsCommand,
  type SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { CountersignError } from '../core/errors.ts';
import { type Annotation, addAnnotation, NOTE_AUTHOR } from '../core/findings/annotation.ts';
import type { AsffFinding } from '../core/findings/asff.ts';

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
  const identifier = { Id: annotation.findingId, ProductArn: annotation.productArn };
  const held = await findFinding(client, identifier);
  if (held === undefined) return 'absent';
  const writing = addAnnotation({ fields: held.UserDefinedFields ?? {}, noteBy: held.Note?.UpdatedBy }, annotation);
  if (writing === undefined) return 'known';
  const { fields, note } = writing;
  if (fields === undefined && note === undefined) return 'known';
  const { UnprocessedFindings = [] } = await client.send(
    new BatchUpdateFindingsCommand({
      FindingIdentifiers: [identifier],
      ...(fields !== undefined && { UserDefinedFields: { ...fields } }),
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
