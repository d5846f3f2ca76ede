import { readFileSync } from 'node:fs';
import { findNearest } from '../lambdas/core/config/find-nearest.ts';
import { type Command, ConfigurationError, type Io, UndecidedError, UsageError } from './commands/command.ts';
import { formatProblems } from './config/problem.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { makeVisible } from './output/visible.ts';
import { reportBug } from './report-bug.ts';

/** Commands are loaded when they are called: the embedded account takes a second that `verify` need not wait. */
const COMMANDS: Readonly<
  Record<string, { readonly summary: string; readonly load: (args: readonly string[]) => Promise<Command> }>
> = {
  verify: {
    summary: 'is this image signed as a policy wants it?',
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  'verify-bundle': {
    summary: 'is this Sigstore bundle a signature over this file?',
    load: async () => (await import('./commands/verify-bundle.ts')).verifyBundle,
  },
  explain: {
    summary: 'why is this image verified, or not, and what is to be done?',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  sweep: {
    summary: 'which images of a repository are not signed as a policy wants it?',
    load: async () => (await import('./commands/sweep.ts')).sweep,
  },
  config: {
    summary: '`config check`: what is wrong with a configuration?',
    load: async () => (await import('./commands/config.ts')).config,
  },
  iam: {
    summary: '`iam compare`: does this policy allow more than that one?',
    load: async () => (await import('./commands/iam.ts')).iam,
  },
  baseline: {
    summary: 'the signed desired state of IAM: `baseline capture | diff | sign | verify | approve | publish`',
    load: async () => (await import('./commands/baseline.ts')).baseline,
  },
  plan: {
    summary: '`plan list`, `show`, `approve`, `deny`, `undo`: what Countersign would change, or has changed',
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  contain: {
    summary: 'deny a user, a role or a session everything, for a time',
    load: async () => (await import('./commands/contain.ts')).contain,
  },
  controls: {
    summary: '`controls report`: which requirements of CIS, NIST, PCI DSS and GDPR do rules serve, and do they pass?',
    load: async () => (await import('./commands/controls.ts')).controls,
  },
  findings: {
    summary: 'what does Security Hub hold of Countersign, and what waits for a person?',
    load: async () => (await import('./commands/findings.ts')).findings,
  },
  replay: {
    summary: 'what does the service make of this event?',
    load: async () => (await import('./commands/replay.ts')).replay,
  },
  trust: {
    summary: '`trust pin`: write KMS keys beside the policy; `trust test`: run your own cases of expected verdicts',
    load: async ([action]) =>
      action === 'test'
        ? (await import('./commands/trust-test.ts')).trustTest
        : (await import('./commands/trust.ts')).trust,
  },
};

const HELP = `countersign COMMAND [options]

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(15)}${summary}\n`)
  .join('')}
  countersign help COMMAND, or COMMAND --help, describes a command; --version names the version.

Exit codes: 0 yes; 1 no (unsigned, invalid); 2 wrong usage or configuration; 3 could not decide; 70 a fault of countersign.
`;

/** Runs one command line and tells its exit code. Never throws. */
export async function runCommandLine(args: readonly string[], io: Io): Promise<ExitCode> {
  let help = HELP;
  try {
    const [name = '', ...rest] = args;
    if (name === 'help' && rest.length > 0)
      return show(io, (await findCommand(rest[0] ?? '').load(rest.slice(1))).help);
    if (name === '--help' || name === '-h' || name === 'help') return show(io, HELP);
    if (name === '--version') return show(io, `${readVersion()}\n`);
    const command = await findCommand(name).load(rest);
    help = command.help;
    return await command.run(rest, io);
  } catch (thrown) {
    return explain(thrown, help, io);
  }
}

function findCommand(name: string) {
  const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (found !== undefined) return found;
  if (name === '') throw new UsageError('which command?');
  if (name.startsWith('-')) throw new UsageError(`there is no option ${name} before a command`);
  const nearest = findNearest(name, Object.keys(COMMANDS));
  throw new UsageError(`there is no command ${name}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`);
}

function show(io: Io, text: string): ExitCode {
  io.out(text);
  return EXIT.yes;
}

function explain(thrown: unknown, help: string, io: Io): ExitCode {
  if (thrown instanceof UsageError) {
    io.err(`countersign: ${makeVisible(thrown.message)}\n\n${help}`);
    return EXIT.usage;
  }
  if (thrown instanceof ConfigurationError) {
    io.err(formatProblems(thrown.problems));
    return EXIT.usage;
  }
  if (thrown instanceof UndecidedError) {
    io.err(`countersign: could not decide: ${makeVisible(thrown.message)}\n`);
    return EXIT.undecided;
  }
  reportBug(thrown, io.environment, io.err);
  return EXIT.bug;
}

function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const version = typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : undefined;
  return String(version);
}
