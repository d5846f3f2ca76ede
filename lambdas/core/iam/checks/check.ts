/** What a check of one principal found. Passed checks are told too: a finding that was open closes on them. */
export interface CheckResult {
  readonly check: CheckId;
  /** ARN of the principal. */
  readonly resource: string;
  readonly outcome: 'passed' | 'failed';
  readonly severity: 'INFORMATIONAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  /** One sentence for each fault, naming its statement where there is one. */
  readonly because: readonly string[];
}

export const CHECK_TITLES = {
  'oidc-trust': 'An OIDC provider is trusted without pinning audience and subject',
  'saml-trust': 'A SAML provider is trusted without pinning the audience',
  'roles-anywhere-trust': 'Roles Anywhere is trusted without pinning anchor and certificate',
  'account-trust': 'Other accounts are trusted without a condition',
  'service-trust': 'A service is trusted that can be made to act for others (confused deputy)',
  'root-credentials': 'The root user has access keys or no MFA',
  'console-mfa': 'A user signs in to the console without MFA',
  'access-key-age': 'An access key was not rotated in time',
  'unused-credentials': 'Credentials have not been used for long',
  'escalation-path': 'A principal that is no administrator can come by all rights',
} as const;
export type CheckId = keyof typeof CHECK_TITLES;

/** One thing that is wrong. The gravest of a check decides its severity. */
export interface Fault {
  readonly severity: Exclude<CheckResult['severity'], 'INFORMATIONAL'>;
  readonly because: string;
}

const ORDER = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;

/** Puts the faults of one check of one principal together. */
export function concludeCheck(check: CheckId, resource: string, faults: readonly Fault[]): CheckResult {
  const gravest = ORDER.findLast((severity) => faults.some((fault) => fault.severity === severity));
  return {
    check,
    resource,
    outcome: gravest === undefined ? 'passed' : 'failed',
    severity: gravest ?? 'INFORMATIONAL',
    because: faults.map(({ because }) => because),
  };
}
