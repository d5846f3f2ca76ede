import {
  type AwsSecurityFinding,
  type AwsSecurityFindingFilters,
  GetFindingsCommand,
  type SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { regionName } from '../../lambdas/core/aws-names.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import { type Io, UndecidedError, UsageError } from '../commands/command.ts';

/** Pages of 100 findings: a million. A bound that bites is an answer. */
const MOST_PAGES = 10_000;

/** Security Hub in the region that is named, or in that of the environment. Throws UsageError. */
export async function openHub(region: string | undefined, io: Io): Promise<SecurityHubClient> {
  const name = region ?? io.environment.AWS_REGION ?? io.environment.AWS_DEFAULT_REGION;
  if (name === undefined) throw new UsageError('which region? --region or AWS_REGION says it');
  if (!regionName.safeParse(name).success) throw new UsageError(`${name} is no region`);
  if (io.securityHubIn !== undefined) return io.securityHubIn(name);
  const { SecurityHubClient } = await import('@aws-sdk/client-securityhub');
  return new SecurityHubClient({ region: name });
}

/** All pages of the findings that the filters let through, in an aggregation region also of those linked to it. Throws UndecidedError. */
export async function* readPages(
  client: SecurityHubClient,
  Filters: AwsSecurityFindingFilters,
): AsyncGenerator<readonly AwsSecurityFinding[], void, undefined> {
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const got = await client
      .send(new GetFindingsCommand({ Filters, MaxResults: 100, NextToken: token }))
      .catch((cause: unknown) => {
        const why = messageOf(cause).slice(0, 300);
        throw new UndecidedError('unreachable', `securityhub:GetFindings: ${why}`, { cause });
      });
    yield got.Findings ?? [];
    token = got.NextToken;
    if (token === undefined || token === '') return;
  }
  throw new UndecidedError('too-many-findings', `there are more than ${MOST_PAGES * 100} findings`);
}
