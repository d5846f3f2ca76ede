import { z } from 'zod';
import { messageOf } from '../../lambdas/core/errors.ts';
import { type Comparison, comparePolicies } from '../../lambdas/core/iam/compare/compare-policies.ts';
import type { ResolvePrincipal } from '../../lambdas/core/iam/compare/principals.ts';
import { readBounded } from '../config/load-configuration.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { describeComparison } from '../output/describe-comparison.ts';
import { toSafeJson } from '../output/visible.ts';
import { readAll } from '../sources/read-lines.ts';
import { answerComparisons } from './answer-comparisons.ts';
import { type Command, ConfigurationError, type Io, UndecidedError, UsageError } from './command.ts';
import { parseOptions } from './parse-options.ts';

const HELP = `countersign iam compare A B [--principals FILE] [--json]
countersign iam compare --ndjson [--principals FILE]

Tells what policy B is beside policy A, for every action, resource, principal and condition: equal, narrower (nothing more is allowed and nothing less
denied), wider, incomparable (both more and less), or unknown (it could not be ruled out that it allows more: treat it as wider).

  A, B              policy documents: JSON, or percent-encoded as IAM answers them; - is stdin, for one of them
  --principals FILE a JSON object of unique ids and the ARNs they belong to now: {"AROA...": "arn:aws:iam::..."}; other ids equal themselves only
  --json            one JSON object: verdict, because
  --ndjson          lines {"id":..., "a":..., "b":...} on stdin, policies as objects or as text, null for none; answers {"id", "verdict", "because"}
                    on stdout, one for each line in the same order; the verdict of a line that cannot be read is "error"

Exit codes: 0 equal or narrower; 1 wider or incomparable; 2 wrong usage; 3 unknown, a file cannot be read; 70 a fault of countersign.
With --ndjson: 0 every line was answered; 3 some could not be read.
`;

const OPTIONS = {
  principals: { type: 'string' },
  json: { type: 'boolean' },
  ndjson: { type: 'boolean' },
} as const;

/** `countersign iam compare`. */
export const compare: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return EXIT.yes;
    }
    const [a, b, ...others] = positionals;
    const resolvePrincipal = values.principals === undefined ? undefined : readPrincipals(values.principals);
    const options = resolvePrincipal === undefined ? {} : { resolvePrincipal };
    if (values.ndjson === true) {
      if (a !== undefined) throw new UsageError('--ndjson takes its policies from stdin, and no files');
      return (await answerComparisons(io, options)) ? EXIT.yes : EXIT.undecided;
    }
    if (a === undefined || b === undefined) throw new UsageError('two policies are compared: A and B');
    if (others.length > 0) throw new UsageError(`two policies are compared, and ${positionals.length} are given`);
    if (a === '-' && b === '-') throw new UsageError('stdin can be one policy only');
    const comparison = comparePolicies(await readText(a, io), await readText(b, io), options);
    io.out(values.json === true ? `${toSafeJson(comparison)}\n` : describeComparison(comparison));
    return exitCodeOf(comparison);
  },
};

function exitCodeOf({ verdict }: Comparison): ExitCode {
  if (verdict === 'unknown') return EXIT.undecided;
  return verdict === 'equal' || verdict === 'narrower' ? EXIT.yes : EXIT.no;
}

async function readText(file: string, io: Io): Promise<string> {
  try {
    return file === '-' ? await readAll(io.stdin?.()) : readBounded(file);
  } catch (cause) {
    throw new UndecidedError('unreadable-file', messageOf(cause), { cause });
  }
}

function readPrincipals(file: string): ResolvePrincipal {
  let read: unknown;
  try {
    read = JSON.parse(readBounded(file));
  } catch (cause) {
    throw new ConfigurationError([{ file, path: '', message: `not JSON: ${messageOf(cause)}` }]);
  }
  const parsed = z.record(z.string(), z.string().startsWith('arn:')).safeParse(read);
  if (!parsed.success)
    throw new ConfigurationError([{ file, path: '', message: 'an object of unique ids and ARNs is taken' }]);
  const known = new Map(Object.entries(parsed.data));
  return (id) => known.get(id);
}
