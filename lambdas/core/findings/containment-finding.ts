import { partitionOf } from '../aws-names.ts';
import { type AsffFinding, findingBase } from './asff.ts';
import { describePlans, listPlanFields, type PlanFacts } from './plan-text.ts';
import { fitText } from './text.ts';

/** A finding of GuardDuty about the target, as it is told. */
export interface ToldThreat {
  readonly arn: string;
  readonly type: string;
  /** Archived, or not to be acted on. */
  readonly isClosed: boolean;
}

/** What a finding about containment is made of: plain facts, whatever decided them. */
export interface ContainmentFacts {
  readonly findingId: string;
  readonly account: string;
  readonly region: string;
  /** ARN of the user, role or session. */
  readonly target: string;
  readonly threats: readonly ToldThreat[];
  readonly plans: readonly PlanFacts[];
  /** Why nothing is planned, in words. */
  readonly hindrance?: string | undefined;
  /** What else is known of it: recent drift, ways to more rights. */
  readonly joined: readonly string[];
  /** Ids of our own findings that belong to it. */
  readonly related: readonly string[];
  /** What containing it does not do. */
  readonly limits: readonly string[];
  /** Unix milliseconds. */
  readonly firstSeenAt: number;
  readonly findingUpdatedAt: number;
}

/** Security Hub API Reference, AwsSecurityFinding. */
const MOST_RELATED = 10;

/** The finding about the containment of one target, as a function of the facts alone. It closes when GuardDuty's are closed and nothing of ours is in effect. */
export function describeContainment(facts: ContainmentFacts): AsffFinding {
  const { account, region, target, threats } = facts;
  const standing = judgeStanding(facts);
  const name = target.replace(/^arn:[^:]*:(?:iam|sts)::\d{12}:/, '');
  const plans = describePlans(facts.plans);
  const title = TITLES[standing];
  return {
    ...findingBase(account, region),
    Id: facts.findingId,
    GeneratorId: 'countersign/containment',
    CreatedAt: new Date(facts.firstSeenAt).toISOString(),
    UpdatedAt: new Date(facts.findingUpdatedAt).toISOString(),
    Title: fitText(`${name} ${title}`, 256),
    Description: `${fitText(tell(facts), 1024 - plans.length)}${plans}`,
    FindingProviderFields: {
      Severity: { Label: SEVERITIES[standing], Original: standing },
      Types: ['TTPs/Credential Access', 'Unusual Behaviors/User'],
      ...relate(facts),
    },
    Remediation: { Recommendation: { Text: fitText(`${ADVICE[standing]} ${tellLimits(facts)}`, 512) } },
    ProductFields: {
      'countersign/Containment': standing,
      'countersign/Threats': fitText(threats.map(({ type }) => type).join('; ') || 'asked for by an operator', 2048),
      ...listPlanFields(facts.plans),
    },
    Resources: [
      {
        Type: target.includes(':user/') ? 'AwsIamUser' : 'AwsIamRole',
        Id: fitText(target, 512),
        Partition: partitionOf(region),
        Region: region,
      },
    ],
    Compliance: { Status: standing === 'closed' ? 'NOT_AVAILABLE' : standing === 'contained' ? 'WARNING' : 'FAILED' },
    RecordState: standing === 'closed' ? 'ARCHIVED' : 'ACTIVE',
  };
}

type Standing = 'contained' | 'waiting' | 'underway' | 'taken-away' | 'failed' | 'stuck' | 'open' | 'closed';

function judgeStanding({ threats, plans }: ContainmentFacts): Standing {
  const last = plans.at(-1);
  const isOver = threats.every(({ isClosed }) => isClosed);
  switch (last?.state) {
    case 'verified':
      return 'contained';
    case 'failed':
      if (last.undoneBy !== undefined) return 'stuck';
      if (last.failureCode === 'taken-away' || last.failureCode === 'contested') return 'taken-away';
      return 'failed';
    case 'approved':
    case 'auto':
    case 'applying':
    case 'applied':
    case 'undoing':
      return 'underway';
    case 'proposed':
      return isOver ? 'closed' : 'waiting';
    default:
      return isOver ? 'closed' : 'open';
  }
}

const TITLES: Readonly<Record<Standing, string>> = {
  contained: 'is contained',
  waiting: 'is in foreign hands and waits for your word to be contained',
  underway: 'is being contained or released',
  'taken-away': 'was contained, and somebody took that away',
  failed: 'is in foreign hands and could not be contained',
  stuck: 'is still contained: it could not be taken back',
  open: 'is in foreign hands and not contained',
  closed: 'is no longer held to be in foreign hands',
};

const SEVERITIES: Readonly<Record<Standing, 'INFORMATIONAL' | 'HIGH' | 'CRITICAL'>> = {
  contained: 'HIGH',
  waiting: 'CRITICAL',
  underway: 'HIGH',
  'taken-away': 'CRITICAL',
  failed: 'CRITICAL',
  stuck: 'HIGH',
  open: 'CRITICAL',
  closed: 'INFORMATIONAL',
};

const ADVICE: Readonly<Record<Standing, string>> = {
  contained: 'Replace what was leaked before the containment ends, or extend it: countersign plan extend.',
  waiting: 'Approve the plan, or deny it if the activity is your own.',
  underway: 'Wait for its end; the history of the plan tells how far it is.',
  'taken-away':
    'Somebody with rights in IAM works against you: contain them, by a service control policy if nothing else holds.',
  failed: 'Contain it by hand, or settle what stands in the way and approve the plan again.',
  stuck: 'See the plan for what stands in the way, then use Countersign undo again.',
  open: 'Contain it by hand, or by countersign contain.',
  closed: 'Nothing to do.',
};

function tell({ threats, hindrance, joined }: ContainmentFacts): string {
  const types = [...new Set(threats.filter(({ isClosed }) => !isClosed).map(({ type }) => type))];
  const seen = types.length === 0 ? '' : `GuardDuty: ${types.slice(-3).join('; ')}. `;
  return (
    `${seen}${hindrance === undefined ? '' : `${hindrance} `}${joined.join(' ')}`.trim() || 'An operator asked for it.'
  );
}

function tellLimits({ limits }: ContainmentFacts): string {
  return limits.length === 0 ? '' : `What containment does not do: ${limits.join('; ')}.`;
}

function relate({
  account,
  region,
  threats,
  related,
}: ContainmentFacts): Pick<AsffFinding['FindingProviderFields'], 'RelatedFindings'> {
  const partition = partitionOf(region);
  const own = findingBase(account, region).ProductArn;
  const all = [
    ...related.map((Id) => ({ ProductArn: own, Id })),
    ...threats.map(({ arn }) => ({
      ProductArn: `arn:${partition}:securityhub:${region}::product/aws/guardduty`,
      Id: arn,
    })),
  ];
  return all.length === 0 ? {} : { RelatedFindings: all.slice(0, MOST_RELATED) };
}
