import { partitionOf } from '../aws-names.ts';
import { type AsffFinding, findingBase } from './asff.ts';
import { fitText } from './text.ts';

/** What a finding about one check of one principal is made of. */
export interface CheckFacts {
  readonly account: string;
  /** Of the hub: IAM itself has none. */
  readonly region: string;
  /** ARN of the principal, or of the root user. */
  readonly resource: string;
  readonly check: string;
  /** What is wrong where it fails, in words. */
  readonly title: string;
  readonly state: 'failed' | 'passed' | 'gone';
  readonly severity: AsffFinding['FindingProviderFields']['Severity']['Label'];
  readonly because: readonly string[];
  /** Unix milliseconds, both. */
  readonly firstSeenAt: number;
  readonly now: number;
}

/** The finding about a way into the account that is wider than it need be. One for each check and principal; it closes where the check passes or is not made any more. */
export function describeCheckFinding(facts: CheckFacts): AsffFinding {
  const { account, region, resource, check, state, because } = facts;
  const name = resource.replace(/^arn:[^:]*:iam::\d{12}:/, '');
  return {
    ...findingBase(account, region),
    Id: `countersign/iam-check/${check}/${resource}`.slice(0, 512),
    GeneratorId: `countersign/iam-check/${check}`,
    CreatedAt: new Date(facts.firstSeenAt).toISOString(),
    UpdatedAt: new Date(facts.now).toISOString(),
    Title: fitText(state === 'failed' ? `${name}: ${facts.title}` : `${name}: ${ENDINGS[state].title}`, 256),
    Description: fitText(state === 'failed' ? `${listSome(because)}.` : ENDINGS[state].description, 1024),
    FindingProviderFields: {
      Severity: { Label: state === 'failed' ? facts.severity : 'INFORMATIONAL', Original: state },
      Types: ['Software and Configuration Checks/AWS Security Best Practices/IAM Access'],
    },
    Remediation: { Recommendation: { Text: state === 'failed' ? (ADVICE[check] ?? ANY_ADVICE) : 'Nothing to do.' } },
    ProductFields: { 'countersign/Check': check, 'countersign/Because': fitText(because.join('; ') || '-', 2048) },
    Resources: [{ Type: typeOf(name), Id: resource.slice(0, 512), Partition: partitionOf(region), Region: region }],
    Compliance: { Status: COMPLIANCE[state] },
    RecordState: state === 'failed' ? 'ACTIVE' : 'ARCHIVED',
  };
}

const COMPLIANCE = { failed: 'FAILED', passed: 'PASSED', gone: 'NOT_AVAILABLE' } as const;

const ENDINGS = {
  passed: { title: 'the check passes', description: 'What was found is put right.' },
  gone: {
    title: 'not looked at any more',
    description: 'The principal was deleted, or the configuration does not ask for this check any more.',
  },
} as const;

const ANY_ADVICE =
  'Narrow the trust policy to whom it is meant for. The finding closes with the next hourly sweep. The same is told before a deployment by: countersign iam check.';
const ADVICE: Readonly<Record<string, string>> = {
  'escalation-path':
    'Take one right of the path away, narrow its resources, or bound the principal. If it is meant to be an administrator, give it that openly. All paths: countersign iam paths.',
  'root-credentials':
    'Delete the access keys of the root user and give it an MFA device, or manage root access centrally.',
  'console-mfa': 'Give the user an MFA device, or take its password away.',
  'access-key-age':
    'Rotate the key: make a new one, use it, then delete the old one. Better: let the workload assume a role.',
  'unused-credentials': 'Take away what nobody uses: the password, the key, or the user.',
};

function typeOf(name: string): string {
  if (name === 'root') return 'AwsAccount';
  return { role: 'AwsIamRole', user: 'AwsIamUser' }[name.split('/')[0] ?? ''] ?? 'Other';
}

function listSome(lines: readonly string[]): string {
  return `${lines.slice(0, 5).join('; ')}${lines.length > 5 ? `; and ${lines.length - 5} more` : ''}`;
}
