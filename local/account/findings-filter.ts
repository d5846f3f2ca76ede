import type {
  AwsSecurityFinding,
  AwsSecurityFindingFilters,
  MapFilter,
  StringFilter,
} from '@aws-sdk/client-securityhub';
import { EmbeddedAccountError } from './errors.ts';

/** What each filter of GetFindings looks at. Others are refused rather than ignored. */
const READERS: Readonly<Record<string, (finding: AwsSecurityFinding) => readonly (string | undefined)[]>> = {
  AwsAccountId: (one) => [one.AwsAccountId],
  ComplianceStatus: (one) => [one.Compliance?.Status],
  Description: (one) => [one.Description],
  GeneratorId: (one) => [one.GeneratorId],
  Id: (one) => [one.Id],
  ProductArn: (one) => [one.ProductArn],
  ProductName: (one) => [one.ProductName],
  RecordState: (one) => [one.RecordState],
  Region: (one) => [one.Region],
  ResourceId: (one) => (one.Resources ?? []).map(({ Id }) => Id),
  ResourceType: (one) => (one.Resources ?? []).map(({ Type }) => Type),
  SeverityLabel: (one) => [one.Severity?.Label],
  Title: (one) => [one.Title],
  Type: (one) => one.Types ?? [],
  VerificationState: (one) => [one.VerificationState],
  WorkflowStatus: (one) => [one.Workflow?.Status],
};

/** Compiles the filters of GetFindings. Between attributes AND; within one, positive comparisons are joined by OR, negative ones by AND. */
export function compileFilters(
  filters: AwsSecurityFindingFilters | undefined,
): (finding: AwsSecurityFinding) => boolean {
  const tests = Object.entries(filters ?? {}).map(([name, conditions]) => {
    if ((name === 'ProductFields' || name === 'UserDefinedFields') && isMapFilters(conditions)) {
      return matchFields(name, conditions);
    }
    const read = READERS[name];
    if (read === undefined || !isStringFilters(conditions)) {
      throw new EmbeddedAccountError('unsupported-input', `the embedded account has no finding filter ${name}`);
    }
    return (finding: AwsSecurityFinding) => matchesAll(read(finding), conditions);
  });
  return (finding) => tests.every((test) => test(finding));
}

function isStringFilters(conditions: unknown): conditions is readonly StringFilter[] {
  return (
    Array.isArray(conditions) &&
    conditions.every((one) => typeof one?.Value === 'string' && typeof one.Comparison === 'string')
  );
}

function isMapFilters(conditions: unknown): conditions is readonly MapFilter[] {
  return isStringFilters(conditions) && conditions.every((one) => 'Key' in one && one.Comparison === 'EQUALS');
}

/** Conditions on the same key are joined by OR, those on different keys by AND (Security Hub API reference, MapFilter). */
function matchFields(
  name: 'ProductFields' | 'UserDefinedFields',
  conditions: readonly MapFilter[],
): (finding: AwsSecurityFinding) => boolean {
  const keys = new Set(conditions.map(({ Key }) => Key ?? ''));
  return ({ [name]: fields = {} }) =>
    [...keys].every((key) => conditions.some(({ Key, Value }) => Key === key && fields[key] === Value));
}

function matchesAll(values: readonly (string | undefined)[], conditions: readonly StringFilter[]): boolean {
  const isNegative = ({ Comparison }: StringFilter) => Comparison?.includes('NOT') ?? false;
  const positive = conditions.filter((one) => !isNegative(one));
  const negative = conditions.filter(isNegative);
  const some = (condition: StringFilter) => values.some((value) => value !== undefined && compares(value, condition));
  return (positive.length === 0 || positive.some(some)) && !negative.some(some);
}

/** Whether the comparison holds, without its negation. */
function compares(value: string, { Comparison = 'EQUALS', Value = '' }: StringFilter): boolean {
  switch (Comparison) {
    case 'EQUALS':
    case 'NOT_EQUALS':
      return value === Value;
    case 'PREFIX':
    case 'PREFIX_NOT_EQUALS':
      return value.startsWith(Value);
    case 'CONTAINS':
    case 'NOT_CONTAINS':
      return value.includes(Value);
    default:
      throw new EmbeddedAccountError('unsupported-input', `the embedded account has no comparison ${Comparison}`);
  }
}
