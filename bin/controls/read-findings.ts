import { GetFindingsCommand } from '@aws-sdk/client-securityhub';
import * as z from 'zod';
import { regionName } from '../../lambdas/core/aws-names.ts';
import { type ReportedFinding, reportedFinding } from '../../lambdas/core/controls/judge-standards.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import { type Io, UndecidedError, UsageError } from '../commands/command.ts';
import { readBoundedBytes } from '../config/load-configuration.ts';

/** Largest file of findings: some hundred thousand of them. */
const LARGEST = 512 * 1024 * 1024;
/** Pages of 100 findings: a million. A bound that bites is an answer. */
const MOST_PAGES = 10_000;

const answer = z.object({ Findings: z.array(reportedFinding), NextToken: z.string().optional() });

/** The output of `aws securityhub get-findings`. Throws UndecidedError where the file is none, or only a part of the findings. */
export function readFindingsFile(file: string): readonly ReportedFinding[] {
  let json: unknown;
  try {
    json = JSON.parse(readBoundedBytes(file, LARGEST).toString('utf8'));
  } catch (cause) {
    throw new UndecidedError('unreadable-file', `${file}: ${messageOf(cause)}`, { cause });
  }
  const parsed = answer.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join('.') || 'its form';
    throw new UndecidedError('no-findings', `${file} is no output of get-findings: ${place}: ${issue?.message}`);
  }
  if (parsed.data.NextToken !== undefined) {
    throw new UndecidedError(
      'incomplete-findings',
      `${file} holds one page only: leave out --max-items and --no-paginate`,
    );
  }
  return parsed.data.Findings;
}

/** All findings of Security Hub that say something about compliance, of the region or, in an aggregation region, of those linked to it. Throws UndecidedError. */
export async function readLiveFindings(region: string | undefined, io: Io): Promise<readonly ReportedFinding[]> {
  const name = region ?? io.environment.AWS_REGION ?? io.environment.AWS_DEFAULT_REGION;
  if (name === undefined) throw new UsageError('which region? --region or AWS_REGION says it');
  if (!regionName.safeParse(name).success) throw new UsageError(`${name} is no region`);
  const client = io.securityHubIn?.(name) ?? (await realClient(name));
  const findings: ReportedFinding[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const got = await client
      .send(
        new GetFindingsCommand({
          Filters: {
            ComplianceStatus: ['PASSED', 'FAILED', 'WARNING'].map((Value) => ({
              Value,
              Comparison: 'EQUALS' as const,
            })),
          },
          MaxResults: 100,
          NextToken: token,
        }),
      )
      .catch((cause: unknown) => {
        const why = messageOf(cause).slice(0, 300);
        throw new UndecidedError('unreachable', `securityhub:GetFindings: ${why}`, { cause });
      });
    const parsed = z.array(reportedFinding).safeParse(got.Findings ?? []);
    if (!parsed.success)
      throw new UndecidedError('no-findings', 'Security Hub answered with something else than findings');
    findings.push(...parsed.data);
    token = got.NextToken;
    if (token === undefined || token === '') return findings;
  }
  throw new UndecidedError('too-many-findings', `there are more than ${MOST_PAGES * 100} findings`);
}

async function realClient(region: string) {
  const { SecurityHubClient } = await import('@aws-sdk/client-securityhub');
  return new SecurityHubClient({ region });
}
