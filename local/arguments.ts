import { parseArgs } from 'node:util';
import { CountersignError, messageOf } from '../lambdas/core/errors.ts';

/** Wrong usage of `npm start`: exit code 2. */
export class UsageError extends CountersignError<'usage'> {
  constructor(message: string, options?: { cause?: unknown }) {
    super('usage', message, options);
  }
}

export interface StartOptions {
  readonly host: string;
  readonly port: number;
  /** Whether the port was asked for, so that another will not do. */
  readonly portGiven: boolean;
  readonly allowRemote: boolean;
  /** Run the scenarios, print how they ended, leave. */
  readonly once: boolean;
  readonly graceSeconds: number;
  readonly verbose: boolean;
  readonly help: boolean;
}

export const USAGE = `npm start -- [options]

Runs Countersign in an embedded AWS account on this machine, pushes images of every kind, changes IAM, and serves a console.

  --port N         port of the console; default PORT, else 4173 or a free one
  --host ADDRESS   address of the console; default 127.0.0.1, only loopback addresses
  --allow-remote   let other machines reach the console, which has no login
  --grace SECONDS  how long an image may stay without a signature; default 20
  --once           no console: run the scenarios in virtual time, print how they ended; exit 0 if all as expected, else 1
  --verbose        show what the functions log, on stderr
  --help           show this
`;

/** Reads the command line. Throws UsageError. */
export function parseArguments(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): StartOptions {
  const { values } = parse(args);
  const port = values.port ?? environment.PORT;
  return {
    host: values.host ?? '127.0.0.1',
    port: port === undefined || port === '' ? 4173 : wholeNumber('port', port, 0, 65_535),
    portGiven: port !== undefined && port !== '',
    allowRemote: values['allow-remote'] ?? false,
    once: values.once ?? false,
    graceSeconds: wholeNumber('grace', values.grace ?? '20', 1, 3600),
    verbose: values.verbose ?? false,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        'allow-remote': { type: 'boolean' },
        grace: { type: 'string' },
        once: { type: 'boolean' },
        verbose: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new UsageError(`--${name} takes a whole number from ${least} to ${most}`);
  return value;
}
