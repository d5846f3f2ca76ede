import { partitionOf } from '../aws-names.ts';
import type { Reason } from '../errors.ts';
import type { Annotation } from './annotation.ts';
import { findingBase } from './asff.ts';
import { fitText } from './text.ts';

/** GuardDuty exports new findings to Security Hub within five minutes (GuardDuty User Guide, "Integration with AWS Security Hub"); three times that is late. */
const STAND_IN_AFTER = 15 * 60_000;

/** What is told of a threat. */
export interface ThreatFacts {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  /** Its Id in Security Hub. */
  readonly arn: string;
  readonly type: string;
  /** 0 to 10. */
  readonly severity: number;
  readonly title: string;
  readonly count: number;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** What it is about in words. */
  readonly about: string;
  readonly judgement: 'set-aside' | 'contain' | 'review';
  readonly reason: Reason;
  /** What else is known of what it is about, in words. */
  readonly known?: string | undefined;
  /** What nobody of the policy signed is part of it: that makes it critical. */
  readonly isUntrusted?: boolean | undefined;
  /** What follows, in words; nothing was changed where it is absent. */
  readonly answer?: string | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/** What Security Hub shows beside the finding of GuardDuty. Of what was set aside there is no finding of our own. */
export function describeThreat(facts: ThreatFacts): Annotation {
  const { account, region, arn, judgement, reason, count, updatedAt, now } = facts;
  const note = `Countersign: ${reason.message} It is about ${facts.about}. ${facts.known ? `${facts.known} ` : ''}${facts.answer ?? 'Nothing was changed.'}`;
  return {
    productArn: `arn:${partitionOf(region)}:securityhub:${region}::product/aws/guardduty`,
    findingId: arn,
    updatedAt: new Date(updatedAt).toISOString(),
    count,
    note: fitText(note, 512),
    fields: { 'countersign/Judgement': judgement, 'countersign/Reason': reason.code },
    ...(facts.isUntrusted === true && { raiseTo: 'CRITICAL' as const }),
    standInAfter: new Date(now + STAND_IN_AFTER).toISOString(),
    ...(judgement !== 'set-aside' && {
      standIn: {
        ...findingBase(account, region),
        Id: `countersign/threat/${account}/${region}/${facts.id}`,
        GeneratorId: 'countersign/guardduty',
        CreatedAt: new Date(facts.createdAt).toISOString(),
        UpdatedAt: new Date(now).toISOString(),
        Title: fitText(facts.title || facts.type, 256),
        Description: fitText(`GuardDuty: ${facts.type}, seen ${count} times. ${note}`, 1024),
        FindingProviderFields: {
          Severity: {
            Label: facts.isUntrusted === true ? 'CRITICAL' : labelOf(facts.severity),
            Original: String(facts.severity),
          },
          Types: [`TTPs/${fitText(facts.type.replaceAll('/', '-'), 200)}`],
        },
        Remediation: {
          Recommendation: {
            Text: 'Look at the finding in GuardDuty. Security Hub does not hold it: enable its integration.',
          },
        },
        ProductFields: { 'countersign/GuardDutyArn': arn },
        Resources: [
          { Type: 'AwsAccount', Id: `AWS::::Account:${account}`, Partition: partitionOf(region), Region: region },
        ],
        Compliance: { Status: 'NOT_AVAILABLE' },
        RecordState: 'ACTIVE',
      },
    }),
  };
}

/** GuardDuty User Guide, "Severity levels of findings". */
function labelOf(severity: number): 'INFORMATIONAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL' {
  if (severity >= 9) return 'CRITICAL';
  if (severity >= 7) return 'HIGH';
  if (severity >= 4) return 'MEDIUM';
  return severity >= 1 ? 'LOW' : 'INFORMATIONAL';
}
