import * as z from 'zod';
import { messageOf } from '../../lambdas/core/errors.ts';
import { CHECK_TITLES, type CheckResult } from '../../lambdas/core/iam/checks/check.ts';
import { type AccountChecks, checkAccount } from '../../lambdas/core/iam/checks/check-account.ts';
import { parseCredentialReport, type UserCredentials } from '../../lambdas/core/iam/checks/credential-report.ts';
import { IamError } from '../../lambdas/core/iam/errors.ts';
import { ACCOUNT_OPTIONS, chooseAccount } from '../baselines/choose-account.ts';
import { readBoundedBytes } from '../config/load-configuration.ts';
import { EXIT } from '../exit-codes.ts';
import { makeVisible, toSafeJson } from '../output/visible.ts';
import { type Command, UndecidedError, UsageError } from './command.ts';
import { parseOptions } from './parse-options.ts';

const DAY = 86_400_000;

const HELP = `countersign iam check [--account FILE] [--credential-report FILE] [--json]

Looks for ways into an account that are wider than they need be: OIDC, SAML and Roles Anywhere trust without pinned audience and subject, other accounts,
services that can be made to act for others, root and user credentials.

  --account FILE            output of aws iam get-account-authorization-details; without it the live account is read
  --template FILE           a CloudFormation template instead (with --account-id), --terraform FILE the output of terraform show -json
  --credential-report FILE  output of aws iam get-credential-report, or the CSV in it; without it credentials are not looked at
  --own-account ID          an account of the organization, which needs no external id; may be repeated
  --key-age DAYS            oldest access key, default 90
  --unused DAYS             longest time without use, default 45
  --all                     also what passed
  --json                    one JSON object: results, unread

Exit codes: 0 nothing was found; 1 something was; 2 wrong usage; 3 the account, or a trust policy in it, cannot be read; 70 a fault of countersign.
`;

const OPTIONS = {
  ...ACCOUNT_OPTIONS,
  'credential-report': { type: 'string' },
  'own-account': { type: 'string', multiple: true },
  'key-age': { type: 'string' },
  unused: { type: 'string' },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** `countersign iam check`. */
export const check: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return EXIT.yes;
    }
    if (positionals.length > 0) throw new UsageError(`iam check takes options only, and ${positionals[0]} is none`);
    const report = values['credential-report'];
    const limits = { oldestKey: readDays(values['key-age'], 90), longestUnused: readDays(values.unused, 45) };
    const ownAccounts = (values['own-account'] ?? []).map(readAccountId);
    const credentials = report === undefined ? [] : readReport(report);
    const account = await chooseAccount(values, io);
    const found = checkAccount({ account, credentials, ownAccounts, limits, now: (io.clock ?? Date.now)() });
    const shown = values.all === true ? found : { ...found, results: found.results.filter(isFailed) };
    io.out(values.json === true ? `${toSafeJson(shown)}\n` : describe(shown, found.results.length));
    if (found.results.some(isFailed)) return EXIT.no;
    return found.unread.length > 0 ? EXIT.undecided : EXIT.yes;
  },
};

const isFailed = ({ outcome }: CheckResult): boolean => outcome === 'failed';

function readDays(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise * DAY;
  if (!/^\d{1,5}$/.test(text)) throw new UsageError(`${text} is no number of days`);
  return Number(text) * DAY;
}

function readAccountId(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new UsageError(`${text} is no account id: 12 digits`);
  return text;
}

const cliAnswer = z.object({ Content: z.base64() });
/** As `parseCredentialReport`, with room for base64 and JSON around it. */
const LARGEST = 16_000_000;

function readReport(file: string): readonly UserCredentials[] {
  try {
    const text = readBoundedBytes(file, LARGEST).toString('utf8');
    const csv = text.trimStart().startsWith('{')
      ? Buffer.from(cliAnswer.parse(JSON.parse(text)).Content, 'base64').toString('utf8')
      : text;
    return parseCredentialReport(csv);
  } catch (cause) {
    const code = cause instanceof IamError ? cause.code : 'unreadable-file';
    throw new UndecidedError(code, `${file}: ${messageOf(cause)}`, { cause });
  }
}

const ORDER = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'];

/** The gravest first: a title for each check of a resource, below it what is wrong. */
function describe({ results, unread }: AccountChecks, checked: number): string {
  const lines = results
    .toSorted((one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity))
    .flatMap(({ severity, check, resource, because }) => [
      makeVisible(`${severity} ${resource}: ${CHECK_TITLES[check]}`),
      ...because.map((line) => `  ${makeVisible(line)}`),
    ]);
  const unreadable = unread.map(({ resource, because }) => makeVisible(`UNREAD ${resource}: ${because}`));
  const failed = results.filter(isFailed).length;
  return `${[...lines, ...unreadable, `${checked} checks, ${failed} failed, ${unread.length} not readable`].join('\n')}\n`;
}
