import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { CountersignError } from '../../../lambdas/core/errors.ts';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Milliseconds; default 2 minutes. */
  readonly timeout?: number;
}

/** A program did not do what the harness needs of it. */
export class PeerError extends CountersignError<'peer'> {
  constructor(message: string) {
    super('peer', message);
  }
}

/**
 * The programs that the harness started, and no others: each is its own process group, logs into a file, and is ended by its id when the harness ends,
 * however it ends.
 */
export class Processes {
  readonly #folder: string;
  readonly #running = new Set<ChildProcess>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Starts a server. Resolves when `ready` does; rejects with the end of its log where the server ends before that. */
  async start(
    name: string,
    command: readonly string[],
    ready: () => Promise<boolean>,
    { cwd, env }: RunOptions = {},
  ): Promise<void> {
    const log = join(this.#folder, `${name}.log`);
    const file = openSync(log, 'w');
    const child = this.#spawn(command, { cwd, env, stdio: ['ignore', file, file] });
    const ended = new Promise<never>((_resolve, reject) => {
      const tell = (how: string) => {
        this.#running.delete(child);
        reject(new PeerError(`${name} ${how}\n${readFileSync(log, 'utf8').slice(-2000)}`));
      };
      child.once('exit', (code, signal) => tell(`ended with ${code ?? signal}`));
      child.once('error', (error) => tell(error.message));
    });
    ended.catch(() => undefined);
    await Promise.race([waitUntil(name, ready), ended]);
  }

  /** Runs a program to its end. */
  async run(command: readonly string[], { cwd, env, input, timeout = 120_000 }: RunOptions = {}): Promise<Finished> {
    const child = this.#spawn(command, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    child.stdin?.on('error', () => undefined).end(input ?? '');
    const timer = setTimeout(() => endGroup(child, 'SIGKILL'), timeout);
    try {
      const code = await new Promise<number>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (exit) => resolve(exit ?? -1));
      });
      return { code, stdout: await stdout, stderr: await stderr };
    } finally {
      clearTimeout(timer);
      this.#running.delete(child);
    }
  }

  /** As `run`; throws PeerError unless the program ends with 0. Returns its standard output. */
  async must(command: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, options);
    if (code === 0) return stdout;
    throw new PeerError(`${command.join(' ').slice(0, 300)}: exit ${code}\n${(stderr || stdout).slice(-3000)}`);
  }

  /** Starts a Node.js program that exchanges messages with the harness; it logs as a server does. */
  fork(name: string, script: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    const file = openSync(join(this.#folder, `${name}.log`), 'a');
    const child = this.#spawn([process.execPath, script, ...args], { env, stdio: ['ignore', file, file, 'ipc'] });
    child.once('exit', () => this.#running.delete(child));
    return child;
  }

  endAll(): void {
    for (const child of this.#running) endGroup(child, 'SIGKILL');
    this.#running.clear();
  }

  #spawn([program = '', ...args]: readonly string[], options: SpawnOptions): ChildProcess {
    const child = spawn(program, args, { ...options, detached: true });
    this.#running.add(child);
    return child;
  }
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended in the meantime.
  }
}

async function collect(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  for await (const chunk of stream ?? []) text += chunk.toString();
  return text;
}

/** Asks every 50 ms, for up to a minute. */
export async function waitUntil(what: string, ready: () => Promise<boolean>, milliseconds = 60_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (Date.now() < end) {
    if (await ready()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new PeerError(`${what}: not there after ${milliseconds} ms`);
}

/** Whether an address answers with success. */
export const answers = (url: string) => (): Promise<boolean> =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );

/** Whether something listens on a port. */
export const listens = (port: number) => (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Ports of the loopback interface that nothing uses now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            resolve(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}
