import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../bin/command-line.ts';
import type { Io } from '../../bin/commands/command.ts';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process. */
export async function runCli(args: readonly string[], io: Partial<Io> = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await runCommandLine(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    environment: {},
    ...io,
  });
  return { code, out, err };
}

const PROGRAM = fileURLToPath(new URL('../../bin/countersign.ts', import.meta.url));

export interface SpawnOptions {
  /** JavaScript that runs in the process before the program. */
  readonly before?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Stop reading stdout before anything is written. */
  readonly deaf?: boolean;
}

/** Runs a command line as a process of its own, as a user does. */
export async function spawnCli(args: readonly string[], options: SpawnOptions = {}): Promise<Ran> {
  const first =
    options.before === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(options.before)}`];
  const child = spawn(process.execPath, [...first, PROGRAM, ...args], {
    cwd: options.folder,
    env: { ...process.env, COUNTERSIGN_DEBUG: '', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (options.deaf) child.stdout.destroy();
  const [out, err, code] = await Promise.all([
    options.deaf ? '' : child.stdout.setEncoding('utf8').toArray(),
    child.stderr.setEncoding('utf8').toArray(),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  return { code, out: [...out].join(''), err: err.join('') };
}
