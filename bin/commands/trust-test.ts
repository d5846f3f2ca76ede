import { writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { messageOf } from '../../lambdas/core/errors.ts';
import { mapConcurrently } from '../../lambdas/core/images/read-bytes.ts';
import { loadYaml } from '../config/load-configuration.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { exitCodeOf } from '../output/result.ts';
import { toSafeJson } from '../output/visible.ts';
import { type ChosenTrust, chooseTrust } from '../trust/choose-trust.ts';
import { describeOutcomes, formatJunit } from '../trust-test/report.ts';
import { type CaseOutcome, runCase } from '../trust-test/run-case.ts';
import { type TrustTest, trustTestSchema } from '../trust-test/schema.ts';
import { type Command, ConfigurationError, UndecidedError, UsageError } from './command.ts';
import { parseOptions, takeOne } from './parse-options.ts';

const HELP = `countersign trust test FILE [--policy FILE] [--trusted-root FILE] [--notation-config DIR] [--json] [--junit FILE]

Runs a team's own cases: for each image, layout or bundle the verdict that is expected, and perhaps the reason. To see what a change of the policy does before it
is deployed. The form of the file: docs/schema/trust-test.schema.json.

  --policy FILE            in place of the policy that the file names; so are:
  --trusted-root FILE
  --notation-config DIR
  --json                   one JSON object: passed, failed, cases
  --junit FILE             writes the outcomes as JUnit does, too

Exit codes: 0 every case is as expected; 1 a case was decided otherwise; 2 wrong usage, file, policy or root; 3 cases could not be decided, and no other is different;
70 a fault of countersign.
`;

const OPTIONS = {
  policy: { type: 'string' },
  'trusted-root': { type: 'string' },
  'notation-config': { type: 'string' },
  json: { type: 'boolean' },
  junit: { type: 'string' },
} as const;

/** Cases under way at the same time: each has its own connections. */
const AT_ONCE = 4;

/** `countersign trust test`: the first argument is `test`. */
export const trustTest: Command = {
  help: HELP,
  async run([, ...args], io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return 0;
    }
    const file = takeOne(positionals, 'FILE');
    const loaded = loadYaml(file, trustTestSchema);
    if (!loaded.ok) throw new ConfigurationError(loaded.problems);
    const trust = chooseTestTrust(loaded.value, dirname(file), values);
    const outcomes = await mapConcurrently(loaded.value.cases, AT_ONCE, (one) =>
      runCase(one, dirname(file), trust, io),
    );
    if (values.junit !== undefined) write(values.junit, formatJunit(file, outcomes));
    const failed = outcomes.filter(({ passed }) => !passed).length;
    const json = { passed: outcomes.length - failed, failed, cases: outcomes };
    io.out(values.json === true ? `${toSafeJson(json)}\n` : describeOutcomes(outcomes));
    return sum(outcomes);
  },
};

function chooseTestTrust(
  { policy, trustedRoot, notationConfig }: TrustTest,
  folder: string,
  options: {
    readonly policy?: string | undefined;
    readonly 'trusted-root'?: string | undefined;
    readonly 'notation-config'?: string | undefined;
  },
): ChosenTrust {
  const beside = (path: string | undefined) => (path === undefined ? undefined : resolve(folder, path));
  const own = options.policy !== undefined || options['notation-config'] !== undefined;
  const chosen = {
    policy: own ? options.policy : beside(policy),
    'notation-config': own ? options['notation-config'] : beside(notationConfig),
    'trusted-root':
      options['trusted-root'] ?? (options['notation-config'] === undefined ? beside(trustedRoot) : undefined),
  };
  if (chosen.policy === undefined && chosen['notation-config'] === undefined) {
    throw new UsageError('by which policy? Name it in the file (policy or notationConfig), or with --policy');
  }
  return chooseTrust(chosen);
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new UndecidedError('unwritable-file', messageOf(cause), { cause });
  }
}

function sum(outcomes: readonly CaseOutcome[]): ExitCode {
  const failed = outcomes.filter(({ passed }) => !passed);
  if (failed.length === 0) return EXIT.yes;
  return failed.every(({ actual }) => exitCodeOf(actual.verdict) === EXIT.undecided) ? EXIT.undecided : EXIT.no;
}
