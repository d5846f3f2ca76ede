import { z } from 'zod';
import { describePath } from '../../lambdas/core/iam/paths/describe-path.ts';
import {
  type AccountPaths,
  findAccountPaths,
  type PrincipalPaths,
} from '../../lambdas/core/iam/paths/find-account-paths.ts';
import { heldPolicies, judgePolicies } from '../../lambdas/core/iam/paths/judge-policies.ts';
import { ACCOUNT_OPTIONS, chooseAccount } from '../baselines/choose-account.ts';
import { EXIT } from '../exit-codes.ts';
import { makeVisible, toSafeJson } from '../output/visible.ts';
import { answerLines, lineId } from './answer-lines.ts';
import { type Command, type Io, UsageError } from './command.ts';
import { parseOptions } from './parse-options.ts';

const HELP = `countersign iam paths [--account FILE] [--principal ARN] [--all] [--json]
countersign iam paths --ndjson

Finds who can come by administrator rights: through IAM itself, through a service that acts with a role, over any number of principals in between. Each path names
the statements that give it and is proven (whatever the request), possible (it depends on a condition, or on what is not known) or blocked-by something.

  --account FILE    output of aws iam get-account-authorization-details; without it the live account is read
  --template FILE   a CloudFormation template instead (with --account-id), --terraform FILE the output of terraform show -json
  --principal ARN   only this principal; may be repeated
  --all             also what is blocked, and who has no path
  --json            one JSON object: principals, unread
  --ndjson          lines {"id":..., "identityPolicies":[...], "boundary"?, "trust"?, "inventory"?} on stdin, policies as objects or as text; answers
                    {"id", "admin", "paths":[{"id", "status", "statements"}]} on stdout, one for each line in the same order

Exit codes: 0 nobody but administrators has a proven path; 1 somebody has; 2 wrong usage; 3 the account, or a policy in it, cannot be read; 70 a fault of countersign.
With --ndjson: 0 every line was answered; 3 some could not be read.
`;

const OPTIONS = {
  ...ACCOUNT_OPTIONS,
  principal: { type: 'string', multiple: true },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
  ndjson: { type: 'boolean' },
} as const;

/** `countersign iam paths`. */
export const paths: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return EXIT.yes;
    }
    if (positionals.length > 0) throw new UsageError(`iam paths takes options only, and ${positionals[0]} is none`);
    if (values.ndjson === true) return (await answerQuestions(io)) ? EXIT.yes : EXIT.undecided;
    const found = findAccountPaths(await chooseAccount(values, io));
    const chosen = choose(found, values.principal);
    const shown =
      values.all === true ? chosen : { ...chosen, principals: chosen.principals.map(withoutBlocked).filter(hasPath) };
    io.out(values.json === true ? `${toSafeJson(shown)}\n` : describe(shown, chosen));
    if (chosen.principals.some(isProven)) return EXIT.no;
    return found.unread.length > 0 ? EXIT.undecided : EXIT.yes;
  },
};

/** Policies and the inventory of an account. */
const LONGEST = 64 * 1024 * 1024;
const lineShape = heldPolicies.extend({ id: lineId, inventory: z.unknown().optional() });

function answerQuestions(io: Io): Promise<boolean> {
  return answerLines(io, {
    shape: lineShape,
    longest: LONGEST,
    answer: ({ inventory, ...held }) => judgePolicies(held, inventory),
    toError: (error) => ({ admin: null, paths: [], error }),
  });
}

function choose({ principals, unread }: AccountPaths, arns: readonly string[] | undefined): AccountPaths {
  if (arns === undefined) return { principals, unread };
  const chosen = arns.map((arn) => {
    const principal = principals.find((one) => one.arn === arn);
    if (principal === undefined) throw new UsageError(`${arn} is no user or role of the account`);
    return principal;
  });
  return { principals: chosen, unread };
}

function withoutBlocked(principal: PrincipalPaths): PrincipalPaths {
  return { ...principal, paths: principal.paths.filter(({ status }) => status !== 'blocked-by') };
}

const hasPath = ({ administrator, paths }: PrincipalPaths): boolean => administrator === 'direct' || paths.length > 0;
const isProven = ({ paths }: PrincipalPaths): boolean => paths.some(({ status }) => status === 'proven');

/** Whoever leads to administrator rights first; a line for each path. */
function describe({ principals, unread }: AccountPaths, all: AccountPaths): string {
  const lines = [...principals]
    .sort((one, other) => ORDER.indexOf(one.administrator) - ORDER.indexOf(other.administrator))
    .flatMap(({ arn, administrator, paths }) => [
      `${arn}: ${WORDS[administrator]}`,
      ...paths.map((path) => `  ${path.status} ${describePath(path)}`),
    ]);
  const unreadable = unread.map(({ resource, because }) => `UNREAD ${resource}: ${because}`);
  const count = (administrator: PrincipalPaths['administrator']) =>
    all.principals.filter((one) => one.administrator === administrator).length;
  const sum = `${all.principals.length} principals: ${count('direct')} administrators, ${count('by-path')} lead there, ${unread.length} documents not readable`;
  return `${[...lines, ...unreadable, sum].map(makeVisible).join('\n')}\n`;
}

const ORDER: readonly PrincipalPaths['administrator'][] = ['by-path', 'no', 'direct'];
const WORDS = {
  direct: 'administrator',
  'by-path': 'leads to administrator rights',
  no: 'no proven way to administrator rights',
} as const;
