import { partitionOf } from '../aws-names.ts';
import type { RootProblem } from '../trust/tuf/refreshed-roots.ts';
import { type AsffFinding, findingBase } from './asff.ts';
import { fitText } from './text.ts';

/**
 * The finding about the service's own trusted roots where they are refreshed through TUF. Images are verified all the while, with the root in use. One for each account
 * and region; without problems it is closed.
 */
export function describeRootFinding(
  where: { readonly account: string; readonly region: string },
  problems: readonly RootProblem[],
  now: number,
): AsffFinding {
  const { account, region } = where;
  const at = new Date(now).toISOString();
  const isFine = problems.length === 0;
  return {
    ...findingBase(account, region),
    Id: `countersign/service/${account}/${region}/trusted-root`,
    GeneratorId: 'countersign/service-health',
    CreatedAt: at,
    UpdatedAt: at,
    Title: isFine
      ? 'The trusted roots of Countersign are up to date'
      : 'A trusted root of Countersign is not up to date',
    Description: fitText(
      isFine
        ? 'Every trusted root that is refreshed was fetched, verified and stored.'
        : `${problems.map(({ reason }) => reason.message).join(' ')} Images are verified with the root in use; what was trusted or taken back since is not known.`,
      1024,
    ),
    FindingProviderFields: {
      Severity: { Label: severityOf(problems), Original: problems[0]?.kind ?? 'current' },
      Types: ['Software and Configuration Checks/AWS Security Best Practices/Security Service Health'],
    },
    Remediation: {
      Recommendation: {
        Text: isFine
          ? 'Nothing to do.'
          : 'See the runbook, sections trust-root-refused and trust-root-not-refreshed. A root of which nothing is stored yet is fetched within six hours.',
      },
    },
    ProductFields: {
      'countersign/Reasons': fitText(problems.map(({ root, reason }) => `${root}: ${reason.code}`).join(', '), 2048),
    },
    Resources: [
      { Type: 'AwsAccount', Id: `AWS::::Account:${account}`, Partition: partitionOf(region), Region: region },
    ],
    Compliance: { Status: isFine ? 'PASSED' : 'FAILED' },
    RecordState: isFine ? 'ARCHIVED' : 'ACTIVE',
  };
}

function severityOf(problems: readonly RootProblem[]): 'INFORMATIONAL' | 'LOW' | 'MEDIUM' | 'HIGH' {
  const kinds = new Set(problems.map(({ kind }) => kind));
  if (kinds.has('refused') || kinds.has('stale')) return 'HIGH';
  if (kinds.has('unreachable')) return 'MEDIUM';
  return kinds.has('absent') ? 'LOW' : 'INFORMATIONAL';
}
