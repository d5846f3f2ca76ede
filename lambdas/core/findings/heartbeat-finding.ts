import { partitionOf } from '../aws-names.ts';
import { type AsffFinding, findingBase } from './asff.ts';

/** The product field that names what was planted and seen. */
export const PLANTED_FIELD = 'countersign/Planted';

/** Id of the one finding about the heartbeat of an account. */
export function heartbeatFindingId(account: string): string {
  return `countersign/iam-heartbeat/${account}`;
}

export interface HeartbeatFacts {
  readonly account: string;
  readonly region: string;
  /** ARN of the canary. */
  readonly resource: string;
  /** `seen`: the planted change came through. `missed`: it did not, in time. */
  readonly state: 'seen' | 'missed';
  readonly planted: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Whether a change of IAM still becomes a finding. What is seen is archived at once and troubles nobody; it closes what was missed. */
export function describeHeartbeat({ account, region, resource, state, planted, now }: HeartbeatFacts): AsffFinding {
  const at = new Date(now).toISOString();
  const isMissed = state === 'missed';
  return {
    ...findingBase(account, region),
    Id: heartbeatFindingId(account),
    GeneratorId: 'countersign/iam-heartbeat',
    CreatedAt: at,
    UpdatedAt: at,
    Title: isMissed ? 'Changes of IAM are not seen any more' : 'Changes of IAM are seen',
    Description: isMissed
      ? `A change that Countersign planted itself (${planted}) was not reported in time. Events of IAM do not arrive, or nothing works them off: until the next hourly sweep drift stays unseen.`
      : `The change that Countersign planted itself (${planted}) was reported.`,
    FindingProviderFields: {
      Severity: { Label: isMissed ? 'HIGH' : 'INFORMATIONAL', Original: state },
      Types: ['Software and Configuration Checks/AWS Security Best Practices/IAM Baseline'],
    },
    Remediation: {
      Recommendation: {
        Text: isMissed
          ? 'See the section iam-heartbeat-missed of the runbook. The finding closes with the next planted change that is seen.'
          : 'Nothing to do.',
      },
    },
    // Only what was seen is named there: the heartbeat looks for it.
    ProductFields: isMissed ? {} : { [PLANTED_FIELD]: planted },
    Resources: [{ Type: 'AwsIamRole', Id: resource, Partition: partitionOf(region), Region: region }],
    Compliance: { Status: isMissed ? 'FAILED' : 'PASSED' },
    RecordState: isMissed ? 'ACTIVE' : 'ARCHIVED',
  };
}
