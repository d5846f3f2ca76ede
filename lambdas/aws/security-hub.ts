import { BatchImportFindingsCommand, GetFindingsCommand, type SecurityHubClient } from '@aws-sdk/client-securityhub';
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
