import { writeFileSync } from 'node:fs';
import { findNearest } from '../../lambdas/core/config/find-nearest.ts';
import { judgeStandard, type ReportedFinding, tallyRules } from '../../lambdas/core/controls/judge-standards.ts';
import { isStandardId, STANDARD_IDS, STANDARDS, type StandardId } from '../../lambdas/core/controls/standards.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import { countStates, describeAsHtml, describeAsTable } from '../controls/describe-report.ts';
import { readFindingsFile, readLiveFindings } from '../controls/read-findings.ts';
import { EXIT } from '../exit-codes.ts';
import { toSafeJson } from '../output/visible.ts';
import { type Command, type Io, UndecidedError, UsageError } from './command.ts';
import { parseOptions, takeOne } from './parse-options.ts';

const HELP = `countersign controls report [--findings FILE | --live] [--standard ID]... [--json] [--html FILE]

Which requirements of a standard do rules serve, and in which state are they? Without findings only the first is told.

  --findings FILE   output of aws securityhub get-findings, all pages
  --live            read Security Hub (securityhub:GetFindings), in --region REGION or that of the environment
  --standard ID     only this one; may be repeated: ${STANDARD_IDS.join(', ')}
  --json            one JSON object: findings, standards
  --html FILE       also writes a page that needs no other file

Exit codes: 0 no requirement failed; 1 one failed; 2 wrong usage; 3 the findings cannot be read, or the page cannot be written; 70 a fault of countersign.
`;

const OPTIONS = {
  findings: { type: 'string' },
  live: { type: 'boolean' },
  region: { type: 'string' },
  standard: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  html: { type: 'string' },
} as const;

/** `countersign controls report`. */
export const controls: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return EXIT.yes;
    }
    const action = takeOne(positionals, 'action');
    if (action !== 'report') throw new UsageError(`there is no controls ${action}; there is: report`);
    if (values.findings !== undefined && values.live === true) throw new UsageError('either --findings or --live');
    if (values.region !== undefined && values.live !== true) throw new UsageError('--region needs --live');
    const standards = values.standard === undefined ? STANDARD_IDS : [...new Set(values.standard.map(readStandard))];
    const findings = await readFindings(values.findings, values.live === true, values.region, io);
    const tallies = tallyRules(findings ?? []);
    const reports = standards.map((standard) => ({ standard, requirements: judgeStandard(standard, tallies) }));
    if (values.html !== undefined) writePage(values.html, describeAsHtml(reports, (io.clock ?? Date.now)()));
    const told = reports.map(({ standard, requirements }) => ({
      standard,
      title: STANDARDS[standard].title,
      counts: countStates(requirements),
      requirements,
    }));
    const result = { findings: findings?.length ?? null, standards: told };
    io.out(values.json === true ? `${toSafeJson(result)}\n` : describeAsTable(reports));
    return told.some(({ counts }) => counts.failed > 0) ? EXIT.no : EXIT.yes;
  },
};

function readStandard(text: string): StandardId {
  if (isStandardId(text)) return text;
  const nearest = findNearest(text, STANDARD_IDS) ?? STANDARD_IDS.join(', ');
  throw new UsageError(`there is no standard ${text}; did you mean ${nearest}?`);
}

async function readFindings(
  file: string | undefined,
  isLive: boolean,
  region: string | undefined,
  io: Io,
): Promise<readonly ReportedFinding[] | undefined> {
  if (file !== undefined) return readFindingsFile(file);
  return isLive ? readLiveFindings(region, io) : undefined;
}

function writePage(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (cause) {
    throw new UndecidedError('unwritable-file', `${file}: ${messageOf(cause)}`, { cause });
  }
}
