import type {
  AwsSecurityFinding,
  BatchUpdateFindingsCommandInput,
  FindingProviderFields,
  Severity,
  WorkflowStatus,
} from '@aws-sdk/client-securityhub';

/** Attributes that a provider states in FindingProviderFields and that customers may overrule. */
const OVERRULABLE = ['Severity', 'Types', 'Confidence', 'Criticality', 'RelatedFindings'] as const;
type Overrulable = (typeof OVERRULABLE)[number];

interface StoredFinding {
  readonly finding: AwsSecurityFinding;
  readonly overruled: ReadonlySet<Overrulable>;
}

/** Lowest normalized score of each label (Security Hub user guide, "Severity"). */
const NORMALIZED = { INFORMATIONAL: 0, LOW: 1, MEDIUM: 40, HIGH: 70, CRITICAL: 90 } as const;

/** Findings of one account and region, with the rules for what providers and customers can change. */
export class FindingsStore {
  private readonly findings = new Map<string, StoredFinding>();

  all(): AwsSecurityFinding[] {
    return [...this.findings.values()].map(({ finding }) => finding);
  }

  find(productArn: string | undefined, id: string | undefined): AwsSecurityFinding | undefined {
    return this.findings.get(keyOf(productArn, id))?.finding;
  }

  /**
   * Stores what a provider imports and returns the finding as it then is; undefined where `UpdatedAt` is not later than what is stored, which Security
   * Hub takes for a success and ignores (user guide, "Using BatchImportFindings to update findings"). `now` is in ISO form.
   */
  import(imported: AwsSecurityFinding, region: string, now: string): AwsSecurityFinding | undefined {
    const key = keyOf(imported.ProductArn, imported.Id);
    const stored = this.findings.get(key);
    if (stored !== undefined && timeOf(imported.UpdatedAt) <= timeOf(stored.finding.UpdatedAt)) return undefined;
    const before = stored?.finding;
    const overruled = stored?.overruled ?? new Set();
    // Note, UserDefinedFields, VerificationState and Workflow belong to the customer: whatever a provider says of them is ignored.
    const {
      Note: _n,
      UserDefinedFields: _u,
      VerificationState: _v,
      Workflow: _w,
      WorkflowState: _s,
      ...rest
    } = imported;
    const provider = providerFields(imported, before?.FindingProviderFields);
    const status = workflowAfterImport(before, imported);
    const finding: AwsSecurityFinding = {
      ...structuredClone(rest),
      ...effectiveFields(provider, before, overruled),
      FindingProviderFields: provider,
      ProductName: imported.ProductName ?? 'Default',
      CompanyName: imported.CompanyName ?? 'Personal',
      Region: imported.Region ?? region,
      RecordState: imported.RecordState ?? 'ACTIVE',
      WorkflowState: 'NEW',
      Workflow: { Status: status },
      ProcessedAt: now,
      ...(before?.Note && { Note: before.Note }),
      ...(before?.UserDefinedFields && { UserDefinedFields: before.UserDefinedFields }),
      ...(before?.VerificationState && { VerificationState: before.VerificationState }),
    };
    this.findings.set(key, { finding, overruled });
    return finding;
  }

  /** Applies what a customer changes to one finding (Security Hub API reference, BatchUpdateFindings). Returns undefined if there is no such finding. */
  update(
    productArn: string | undefined,
    id: string | undefined,
    change: Omit<BatchUpdateFindingsCommandInput, 'FindingIdentifiers'>,
    now: string,
  ): AwsSecurityFinding | undefined {
    const key = keyOf(productArn, id);
    const stored = this.findings.get(key);
    if (stored === undefined) return undefined;
    const overruled = new Set([...stored.overruled, ...OVERRULABLE.filter((name) => change[name] !== undefined)]);
    const finding: AwsSecurityFinding = {
      ...stored.finding,
      ...(change.Severity && { Severity: completeSeverity(change.Severity) }),
      ...(change.Types && { Types: change.Types }),
      ...(change.Confidence !== undefined && { Confidence: change.Confidence }),
      ...(change.Criticality !== undefined && { Criticality: change.Criticality }),
      ...(change.RelatedFindings && { RelatedFindings: change.RelatedFindings }),
      ...(change.Note && { Note: { ...change.Note, UpdatedAt: now } }),
      ...(change.UserDefinedFields && { UserDefinedFields: change.UserDefinedFields }),
      ...(change.VerificationState && { VerificationState: change.VerificationState }),
      ...(change.Workflow && { Workflow: { Status: change.Workflow.Status } }),
    };
    this.findings.set(key, { finding, overruled });
    return finding;
  }
}

function keyOf(productArn: string | undefined, id: string | undefined): string {
  return `${productArn}\n${id}`;
}

function timeOf(timestamp: string | undefined): number {
  return Date.parse(timestamp ?? '');
}

/** What the provider says: its FindingProviderFields, else the top-level attributes of its first import, else what it said before. */
function providerFields(
  imported: AwsSecurityFinding,
  before: FindingProviderFields | undefined,
): FindingProviderFields {
  const given = imported.FindingProviderFields ?? {};
  const stated = given.Severity ?? before?.Severity;
  const { Label, Original, Normalized }: Severity = stated ?? imported.Severity ?? {};
  return {
    ...before,
    ...structuredClone(given),
    Severity: { Label: Label ?? labelOf(Normalized), Original },
    Types: given.Types ?? before?.Types ?? imported.Types,
  };
}

/** Top-level values: the provider's, unless a customer has overruled them. */
function effectiveFields(
  provider: FindingProviderFields,
  before: AwsSecurityFinding | undefined,
  overruled: ReadonlySet<Overrulable>,
): Partial<AwsSecurityFinding> {
  const fields: Partial<AwsSecurityFinding> = {
    Severity: provider.Severity && completeSeverity({ ...provider.Severity }),
    Types: provider.Types,
    Confidence: provider.Confidence,
    Criticality: provider.Criticality,
    RelatedFindings: provider.RelatedFindings,
  };
  for (const name of overruled) Object.assign(fields, { [name]: before?.[name] });
  return fields;
}

function completeSeverity(severity: Severity): Severity {
  const label = severity.Label ?? labelOf(severity.Normalized);
  return { ...severity, Label: label, Normalized: NORMALIZED[label] };
}

function labelOf(normalized = 0): keyof typeof NORMALIZED {
  if (normalized >= 90) return 'CRITICAL';
  if (normalized >= 70) return 'HIGH';
  if (normalized >= 40) return 'MEDIUM';
  return normalized >= 1 ? 'LOW' : 'INFORMATIONAL';
}

/** A finding that was dealt with is new again when it comes back; a suppressed one stays suppressed (Security Hub user guide, "Workflow status"). */
function workflowAfterImport(before: AwsSecurityFinding | undefined, imported: AwsSecurityFinding): WorkflowStatus {
  const status = before?.Workflow?.Status ?? 'NEW';
  if (status !== 'NOTIFIED' && status !== 'RESOLVED') return status;
  const reopened = before?.RecordState === 'ARCHIVED' && (imported.RecordState ?? 'ACTIVE') === 'ACTIVE';
  const compliance = imported.Compliance?.Status;
  const failsAgain = before?.Compliance?.Status === 'PASSED' && compliance !== undefined && compliance !== 'PASSED';
  return reopened || failsAgain ? 'NEW' : status;
}
