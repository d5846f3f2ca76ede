import { partitionOf } from '../aws-names.ts';
import { type AsffFinding, findingBase } from './asff.ts';
import { describePlans, listPlanFields, type PlanFacts } from './plan-text.ts';
import { fitText } from './text.ts';

/** What a finding about IAM drift is made of: plain facts, whatever decided them. */
export interface DriftFacts {
  readonly account: string;
  /** Of the hub: IAM itself has none. */
  readonly region: string;
  /** ARN of the principal or policy. */
  readonly resource: string;
  readonly state: 'covered' | 'drifted' | 'undeclared' | 'deleted' | 'unreadable-baseline' | 'gone';
  /** Unix milliseconds. */
  readonly firstSeenAt: number;
  readonly findingUpdatedAt: number;
  /** How live access stands to what was signed; of `drifted` only. */
  readonly verdict?: 'narrower' | 'wider' | 'incomparable' | 'unknown' | undefined;
  /** One line for each place that deviates, in words. */
  readonly deviations: readonly string[];
  /** Escalation paths that the change adds: `iam-005 through statement 2 of inline policy x`. */
  readonly paths: readonly string[];
  /** Who made the last change that was seen, in words; evidence for the reader, never a reason to trust it. */
  readonly actor?: string | undefined;
  /** All who changed it while it was watched, the last at the end; of those of whom an event told. */
  readonly actors?: readonly string[] | undefined;
  /** Why nothing is done, where something would be. */
  readonly protection?: string | undefined;
  readonly plans: readonly PlanFacts[];
  readonly details?: ResourceDetails | undefined;
}

export type ResourceDetails = Exclude<AsffFinding['Resources'][number]['Details'], undefined>;

/** The finding about one principal or policy, as a function of the facts alone. `covered` and `gone` close it. */
export function describeDriftFinding(facts: DriftFacts): AsffFinding {
  const { account, region, resource, state } = facts;
  const name = resource.replace(/^arn:[^:]*:iam::\d{12}:/, '');
  const wording = WORDINGS[state];
  const plans = describePlans(facts.plans);
  const severity = judgeSeverity(facts);
  return {
    ...findingBase(account, region),
    Id: `countersign/iam/${resource}`.slice(0, 512),
    GeneratorId: 'countersign/iam-baseline',
    CreatedAt: new Date(facts.firstSeenAt).toISOString(),
    UpdatedAt: new Date(facts.findingUpdatedAt).toISOString(),
    Title: fitText(wording.title(name, facts), 256),
    Description: `${fitText(wording.description(facts), 1024 - plans.length)}${plans}`,
    FindingProviderFields: {
      Severity: { Label: severity, Original: facts.verdict ?? state },
      Types: ['Software and Configuration Checks/AWS Security Best Practices/IAM Baseline'],
    },
    Remediation: { Recommendation: { Text: wording.advice } },
    ProductFields: describeFields(facts),
    Resources: [
      {
        Type: TYPES[name.split('/')[0] ?? ''] ?? 'Other',
        Id: resource.slice(0, 512),
        Partition: partitionOf(region),
        Region: region,
        ...(facts.details !== undefined && { Details: facts.details }),
      },
    ],
    Compliance: { Status: wording.compliance, ...describeReasons(facts) },
    RecordState: wording.compliance === 'FAILED' || wording.compliance === 'WARNING' ? 'ACTIVE' : 'ARCHIVED',
  };
}

const TYPES: Readonly<Record<string, string>> = {
  role: 'AwsIamRole',
  user: 'AwsIamUser',
  group: 'AwsIamGroup',
  policy: 'AwsIamPolicy',
};

type Severity = AsffFinding['FindingProviderFields']['Severity']['Label'];

/** A new way to more rights is the gravest that drift can be, whatever else it changes. */
function judgeSeverity(facts: DriftFacts): Severity {
  const { state, verdict, paths } = facts;
  if (state === 'covered' || state === 'gone') return 'INFORMATIONAL';
  if (paths.length > 0 || isContested(facts)) return 'CRITICAL';
  if (state === 'drifted') return verdict === 'narrower' ? 'LOW' : 'HIGH';
  return state === 'undeclared' ? 'HIGH' : 'MEDIUM';
}

interface Wording {
  readonly compliance: AsffFinding['Compliance']['Status'];
  readonly advice: string;
  title(name: string, facts: DriftFacts): string;
  description(facts: DriftFacts): string;
}

const WORDINGS: Readonly<Record<DriftFacts['state'], Wording>> = {
  drifted: {
    compliance: 'FAILED',
    advice:
      'If the change is wanted, put it into the baseline, sign and publish it: the finding closes. If not, approve the plan or revert it yourself, then find out how the ' +
      'actor came by the right to make it.',
    title: (name, facts) => {
      if (isContested(facts)) return `${name} is contested: what was put right is changed again`;
      return facts.paths.length > 0
        ? `${name} gained a way to more rights that nobody signed`
        : `${name} is ${VERDICTS[facts.verdict ?? 'unknown']} what was signed`;
    },
    description: (facts) =>
      `Live state differs from the signed baseline. ${tellContest(facts)}${tellPaths(facts)}${listSome(facts.deviations)}${tellActor(facts)}${tellProtection(facts)}`,
  },
  undeclared: {
    compliance: 'FAILED',
    advice:
      'If it belongs here, capture it into the baseline, review, sign and publish it. If not, find out who created it, take its rights away, and delete it once nothing ' +
      'depends on it.',
    title: (name) => `${name} exists without a signed baseline`,
    description: (facts) =>
      `No signature covers this principal or policy. ${tellPaths(facts)}${listSome(facts.deviations)}${tellActor(facts)}${tellProtection(facts)}`,
  },
  deleted: {
    compliance: 'FAILED',
    advice:
      'If the deletion was meant, delete its object from the bucket of baselines. If not, create it again from the baseline and sign what is there then: it gets another unique id, so ' +
      'policies elsewhere that name it have to be saved again, and the old baseline does not cover it.',
    title: (name) => `${name} was deleted although a signed baseline declares it`,
    description: (facts) =>
      `The signed baseline declares it, and it is not there.${tellActor(facts)} Nothing is created automatically: the unique id would be another one.`,
  },
  'unreadable-baseline': {
    compliance: 'WARNING',
    advice:
      'Publish a baseline that verifies under the trust policy (countersign baseline verify says what is wrong). Until then nothing is changed automatically here.',
    title: (name) => `The baseline of ${name} cannot be relied on`,
    description: (facts) =>
      `What was signed for it cannot be told, so drift cannot be judged. ${listSome(facts.deviations)}`,
  },
  covered: {
    compliance: 'PASSED',
    advice: 'Nothing to do.',
    title: (name) => `${name} is as it was signed`,
    description: () => 'A fresh read shows exactly the access that the signed baseline declares.',
  },
  gone: {
    compliance: 'NOT_AVAILABLE',
    advice: 'Nothing to do.',
    title: (name) => `${name} is not there any more`,
    description: () => 'It was deleted and no baseline declares it. What was found about it is closed.',
  },
};

const VERDICTS = {
  narrower: 'narrower than',
  wider: 'wider than',
  incomparable: 'neither wider nor narrower than',
  unknown: 'different from',
} as const;

/** Whether the breaker stopped: what Countersign puts right somebody changes again. */
function isContested({ state, plans }: DriftFacts): boolean {
  const last = plans.at(-1);
  return state === 'drifted' && last?.state === 'failed' && last.failureCode === 'contested';
}

function tellContest(facts: DriftFacts): string {
  if (!isContested(facts)) return '';
  const { actors = [] } = facts;
  const names = actors.length === 0 ? 'no event told who' : actors.join(' and ');
  return `It was put right and changed again within a day, so nothing more is done without you. At odds: ${names}. `;
}

function tellPaths({ paths }: DriftFacts): string {
  if (paths.length === 0) return '';
  return `It adds escalation path ${paths.slice(0, 3).join('; ')}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}. `;
}

function listSome(lines: readonly string[]): string {
  return lines.length === 0
    ? ''
    : `${lines.slice(0, 5).join('; ')}${lines.length > 5 ? `; and ${lines.length - 5} more` : ''}.`;
}

function tellActor({ actor }: DriftFacts): string {
  return actor === undefined ? '' : ` Last change seen: ${actor}.`;
}

function tellProtection({ protection }: DriftFacts): string {
  return protection === undefined ? '' : ` ${protection}`;
}

function describeReasons({ state, deviations }: DriftFacts): Pick<AsffFinding['Compliance'], 'StatusReasons'> {
  if (state === 'covered' || state === 'gone' || deviations.length === 0) return {};
  const code = state.toUpperCase().replaceAll('-', '_');
  return {
    StatusReasons: deviations
      .slice(0, 20)
      .map((line) => ({ ReasonCode: code, Description: fitText(line, 2048) || code })),
  };
}

function describeFields(facts: DriftFacts): Record<string, string> {
  return {
    'countersign/Drift': facts.state,
    ...(facts.verdict !== undefined && { 'countersign/Access': facts.verdict }),
    ...(facts.paths.length > 0 && { 'countersign/EscalationPaths': fitText(facts.paths.join('; '), 2048) }),
    ...(facts.actor !== undefined && { 'countersign/LastActor': fitText(facts.actor, 2048) }),
    ...listPlanFields(facts.plans),
  };
}
