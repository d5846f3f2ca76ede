import { findNearest } from '../../lambdas/core/config/find-nearest.ts';
import { type Command, UsageError } from './command.ts';

/** Each is loaded when it is called. */
const ACTIONS: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>> = {
  compare: {
    summary: 'does policy B allow more than policy A?',
    load: async () => (await import('./iam-compare.ts')).compare,
  },
  paths: {
    summary: 'who can come by administrator rights, and how?',
    load: async () => (await import('./iam-paths.ts')).paths,
  },
  check: {
    summary: 'which ways into the account are wider than they need be?',
    load: async () => (await import('./iam-check.ts')).check,
  },
};

const HELP = `countersign iam ACTION [options]

${Object.entries(ACTIONS)
  .map(([name, { summary }]) => `  ${name.padEnd(15)}${summary}\n`)
  .join('')}
  countersign iam ACTION --help describes an action.
`;

/** `countersign iam`: questions about IAM policies and accounts. */
export const iam: Command = {
  help: HELP,
  async run([name = '', ...rest], io) {
    if (name === '--help' || name === '-h') {
      io.out(HELP);
      return 0;
    }
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined) throw unknownAction(name);
    return (await action.load()).run(rest, io);
  },
};

function unknownAction(name: string): UsageError {
  const known = Object.keys(ACTIONS);
  if (name === '') return new UsageError(`iam what? There is: ${known.join(', ')}`);
  const nearest = findNearest(name, known);
  return new UsageError(`there is no iam ${name}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`);
}
