import {
  AccessDeniedException,
  type AwsSecurityFinding,
  BatchImportFindingsCommand,
  BatchUpdateFindingsCommand,
  type BatchUpdateFindingsUnprocessedFinding,
  DisableSecurityHubCommand,
  EnableSecurityHubCommand,
  GetFindingsCommand,
  type ImportFindingsError,
  InvalidAccessException,
  InvalidInputException,
  ResourceConflictException,
  SecurityHubServiceException,
  type SortCriterion,
} from '@aws-sdk/client-securityhub';
import { answerActionTargets } from './action-targets.ts';
import { answers, type LocalService, type Operation, refusal } from './answer.ts';
import { refusalOfFinding } from './asff.ts';
import type { AccountContext } from './context.ts';
import { compileFilters } from './findings-filter.ts';
import { FindingsStore } from './findings-store.ts';

const MOST_FINDINGS = 100;
const LARGEST_BATCH = 6 * 1024 * 1024;

export interface SecurityHub {
  readonly service: LocalService;
  /** Takes a finding as a product of AWS itself hands it over, under that product. */
  receive(finding: AwsSecurityFinding): void;
}

/** AWS Security Hub: findings in ASFF, imported under the default product of the account. It is enabled to begin with. */
export function createSecurityHub(context: AccountContext): SecurityHub {
  const store = new FindingsStore();
  const productArn = `arn:aws:securityhub:${context.region}:${context.id}:product/${context.id}/default`;
  let enabled = true;

  const checkEnabled = () => {
    if (enabled) return;
    throw refusal(InvalidAccessException, `Account ${context.id} is not subscribed to AWS Security Hub`, 401);
  };

  const operations: [string, Operation][] = [
    answers(EnableSecurityHubCommand, () => {
      if (enabled)
        throw refusal(ResourceConflictException, `Account ${context.id} is already subscribed to Security Hub`, 409);
      enabled = true;
      return {};
    }),
    answers(DisableSecurityHubCommand, () => {
      checkEnabled();
      enabled = false;
      return {};
    }),
    answers(BatchImportFindingsCommand, ({ Findings = [] }) => {
      checkEnabled();
      checkBatch(Findings);
      const foreign = Findings.find((finding) => finding.ProductArn !== productArn);
      if (foreign !== undefined) {
        throw refusal(
          AccessDeniedException,
          `User is not authorized to perform: securityhub:BatchImportFindings on resource: ${foreign.ProductArn}`,
          403,
        );
      }
      const FailedFindings: ImportFindingsError[] = [];
      for (const finding of Findings) {
        const reason =
          refusalOfFinding(finding) ??
          (finding.AwsAccountId === context.id
            ? undefined
            : `AwsAccountId: ${finding.AwsAccountId} is not ${context.id}`);
        if (reason === undefined) importFinding(finding);
        else FailedFindings.push({ Id: finding.Id, ErrorCode: 'InvalidInput', ErrorMessage: reason });
      }
      return {
        SuccessCount: Findings.length - FailedFindings.length,
        FailedCount: FailedFindings.length,
        FailedFindings,
      };
    }),
    answers(BatchUpdateFindingsCommand, ({ FindingIdentifiers = [], ...change }) => {
      checkEnabled();
      if (FindingIdentifiers.length < 1 || FindingIdentifiers.length > MOST_FINDINGS)
        throw invalid('FindingIdentifiers: 1 to 100');
      if ((change.Note?.Text?.length ?? 0) > 512) throw invalid('Note.Text: at most 512 characters');
      const ProcessedFindings = [];
      const UnprocessedFindings: BatchUpdateFindingsUnprocessedFinding[] = [];
      for (const identifier of FindingIdentifiers) {
        const updated = store.update(identifier.ProductArn, identifier.Id, change, isoNow(context));
        if (updated !== undefined) {
          ProcessedFindings.push(identifier);
          announce(updated, 'updated');
        } else {
          UnprocessedFindings.push({
            FindingIdentifier: identifier,
            ErrorCode: 'FindingNotFound',
            ErrorMessage: 'The finding could not be found',
          });
        }
      }
      return { ProcessedFindings, UnprocessedFindings };
    }),
    ...answerActionTargets(context, checkEnabled),
    answers(GetFindingsCommand, ({ Filters, SortCriteria, MaxResults = 100, NextToken }) => {
      checkEnabled();
      if (MaxResults < 1 || MaxResults > MOST_FINDINGS) throw invalid('MaxResults: 1 to 100');
      const found = store.all().filter(compileFilters(Filters));
      for (const criterion of (SortCriteria ?? []).toReversed()) found.sort(byField(criterion));
      const first = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64url').toString());
      if (!Number.isInteger(first)) throw invalid('NextToken');
      const page = found.slice(first, first + MaxResults);
      const next = first + page.length;
      return {
        Findings: structuredClone(page),
        ...(next < found.length && { NextToken: Buffer.from(String(next)).toString('base64url') }),
      };
    }),
  ];

  function importFinding(imported: AwsSecurityFinding): void {
    const finding = store.import(imported, context.region, isoNow(context));
    if (finding !== undefined) announce(finding, 'imported');
  }

  /** Every import and update of a finding is an event (Security Hub user guide, "Security Hub Findings - Imported"). */
  function announce(finding: AwsSecurityFinding, how: string): void {
    const state = [finding.RecordState, finding.Compliance?.Status, finding.Severity?.Label].filter(Boolean).join(' ');
    context.afterwards(() =>
      context.timeline.add('finding', context.traces.ofMessage(finding.Id), `finding ${how}: ${state}`, finding),
    );
    context.emit({
      source: 'aws.securityhub',
      detailType: 'Security Hub Findings - Imported',
      resources: [`${finding.ProductArn}/${finding.Id}`],
      detail: { findings: [finding] },
    });
  }

  // Not modelled in the SDK; what arrives is this one.
  const throttled = () =>
    new SecurityHubServiceException({
      name: 'TooManyRequestsException',
      message: 'Too Many Requests',
      $fault: 'client',
      $metadata: { httpStatusCode: 429 },
    });
  return {
    service: { name: 'securityhub', operations: new Map(operations), throttled },
    receive(finding) {
      importFinding(finding);
      context.runAfterwards();
    },
  };
}

function checkBatch(findings: readonly AwsSecurityFinding[]): void {
  if (findings.length < 1 || findings.length > MOST_FINDINGS) throw invalid(`Findings: 1 to ${MOST_FINDINGS}`);
  const bytes = Buffer.byteLength(JSON.stringify(findings));
  if (bytes > LARGEST_BATCH) throw invalid(`Request of ${bytes} bytes exceeds the maximum of ${LARGEST_BATCH}`);
}

function byField({ Field, SortOrder }: SortCriterion): (a: AwsSecurityFinding, b: AwsSecurityFinding) => number {
  const read = (finding: AwsSecurityFinding): string => {
    const value: unknown = Object.entries(finding).find(([name]) => name === Field)?.[1];
    return typeof value === 'string' ? value : '';
  };
  const sign = SortOrder === 'desc' ? -1 : 1;
  return (a, b) => sign * (read(a) < read(b) ? -1 : read(a) > read(b) ? 1 : 0);
}

function isoNow(context: AccountContext): string {
  return new Date(context.clock.now()).toISOString();
}

function invalid(message: string): InvalidInputException {
  return refusal(InvalidInputException, `Invalid parameter: ${message}`);
}
