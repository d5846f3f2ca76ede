import * as z from 'zod';
import { type ReportedFinding, reportedFinding } from '../../lambdas/core/controls/judge-standards.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import { type Io, UndecidedError } from '../commands/command.ts';
import { readBoundedBytes } from '../config/load-configuration.ts';
import { openHub, readPages } from '../findings/read-hub.ts';

/** Largest file of findings: some hundred thousand of them. */
const LARGEST = 512 * 1024 * 1024;

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
  const client = await openHub(region, io);
  const findings: ReportedFinding[] = [];
  const ComplianceStatus = ['PASSED', 'FAILED', 'WARNING'].map((Value) => ({ Value, Comparison: 'EQUALS' as const }));
  for await (const page of readPages(client, { ComplianceStatus })) {
    const parsed = z.array(reportedFinding).safeParse(page);
    if (!parsed.success)
      throw new UndecidedError('no-findings', 'Security Hub answered with something else than findings');
    findings.push(...parsed.data);
  }
  return findings;
}
