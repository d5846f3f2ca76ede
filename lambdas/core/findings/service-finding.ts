import { partitionOf } from '../aws-names.ts';
import type { Reason } from '../errors.ts';
import { type AsffFinding, findingBase } from './asff.ts';
import { fitText } from './text.ts';

/**
 * The finding about the service itself: its trust policy, a trusted root or a key cannot be used, so that no image can be called verified. One for each account and
 * region; `reason` undefined closes it.
 */
export function describeTrustFinding(
  where: { readonly account: string; readonly region: string },
  reason: Reason | undefined,
  now: number,
): AsffFinding {
  const { account, region } = where;
  const at = new Date(now).toISOString();
  return {
    ...findingBase(account, region),
    Id: `countersign/service/${account}/${region}/trust-material`,
    GeneratorId: 'countersign/service-health',
    CreatedAt: at,
    UpdatedAt: at,
    Title: reason === undefined ? 'Countersign can verify images again' : 'Countersign cannot verify any image',
    Description: fitText(
      reason === undefined
        ? 'The trust policy, its trusted roots and its keys can be used again.'
        : `The trust policy that was deployed cannot be used: ${reason.message} Until this is put right no image is called verified, and new images get no verdict.`,
      1024,
    ),
    FindingProviderFields: {
      Severity: { Label: reason === undefined ? 'INFORMATIONAL' : 'CRITICAL', Original: reason?.code ?? 'usable' },
      Types: ['Software and Configuration Checks/AWS Security Best Practices/Security Service Health'],
    },
    Remediation: {
      Recommendation: {
        Text:
          reason === undefined
            ? 'Nothing to do.'
            : 'Run "countersign config check" on the configuration that was deployed, mend what it names, and deploy again. The runbook section is trust-material-unusable.',
      },
    },
    ProductFields: { 'countersign/Reasons': fitText(reason?.code ?? '', 2048) },
    Resources: [
      { Type: 'AwsAccount', Id: `AWS::::Account:${account}`, Partition: partitionOf(region), Region: region },
    ],
    Compliance: { Status: reason === undefined ? 'PASSED' : 'FAILED' },
    RecordState: reason === undefined ? 'ARCHIVED' : 'ACTIVE',
  };
}
