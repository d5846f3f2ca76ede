import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { z } from 'zod';
import { messageOf } from '../../lambdas/core/errors.ts';
import { actionRequestSchema, faultsSchema, runRequestSchema } from './api.ts';
import type { Asset } from './assets.ts';
import type { ConsoleBackend } from './backend.ts';
import { ConsoleError } from './errors.ts';
import { streamEvents } from './event-stream.ts';
import { guardRequest, hostsOf, isLoopback } from './guard.ts';
import { toVisibleJson } from './visible-json.ts';

export interface ConsoleOptions {
  readonly backend: ConsoleBackend;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly host: string;
  readonly port: number;
  /** Take another free port where this one is in use. */
  readonly portMayChange?: boolean;
  /** Listen on addresses that other machines reach. The console has no login. */
  readonly allowRemote?: boolean;
}

export interface RunningConsole {
  /** `http://127.0.0.1:4173/`. */
  readonly url: string;
  close(): Promise<void>;
}

const HEADERS = {
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

const BODY_LIMIT = 4096;

/** Serves the console. Throws `not-loopback` for a host that other machines reach, unless that is allowed, and `port-taken`. */
export async function serveConsole(options: ConsoleOptions): Promise<RunningConsole> {
  if (!isLoopback(options.host) && options.allowRemote !== true) {
    throw new ConsoleError(
      'not-loopback',
      `${options.host} can be reached from other machines and the console has no login: use 127.0.0.1, or add --allow-remote`,
    );
  }
  const server = createServer();
  await listen(server, options);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const hosts = isLoopback(options.host) ? hostsOf(port) : 'any';
  server.on('request', (request, response) => {
    answer(request, response, options, hosts).catch((error: unknown) => refuse(response, error));
  });
  const shown = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${shown}:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, options: ConsoleOptions): Promise<void> {
  try {
    await tryListening(server, options.host, options.port);
  } catch (error) {
    if (!isAddressInUse(error)) throw error;
    if (options.portMayChange !== true) {
      throw new ConsoleError('port-taken', `port ${options.port} is in use: choose another with --port`, {
        cause: error,
      });
    }
    await tryListening(server, options.host, 0);
  }
}

function tryListening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { backend, assets }: ConsoleOptions,
  hosts: ReadonlySet<string> | 'any',
): Promise<void> {
  guardRequest(request, { hosts });
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  switch (`${request.method} ${path}`) {
    case 'GET /api/overview':
      return sendJson(response, backend.overview());
    case 'GET /api/state':
      return sendJson(response, await backend.readState());
    case 'GET /api/timeline':
      return sendJson(response, backend.timeline(Number(new URLSearchParams(query).get('after') ?? 0) || 0));
    case 'GET /api/stream':
      return streamEvents(request, response, backend, HEADERS);
    case 'POST /api/scenarios': {
      const { scenario } = await readBody(request, runRequestSchema);
      const trace = await backend.runScenario(scenario);
      if (trace === undefined) throw new ConsoleError('not-found', `there is no scenario ${scenario}`);
      return sendJson(response, { trace });
    }
    case 'POST /api/actions': {
      const { action, finding } = await readBody(request, actionRequestSchema);
      if (!backend.act(action, finding)) throw new ConsoleError('not-found', `there is no finding ${finding}`);
      return sendJson(response, { sent: true });
    }
    case 'POST /api/faults': {
      backend.setFaults(await readBody(request, faultsSchema));
      return sendJson(response, backend.overview().faults);
    }
    default:
      return sendAsset(request, response, assets.get(path));
  }
}

function sendAsset(request: IncomingMessage, response: ServerResponse, asset: Asset | undefined): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new ConsoleError('wrong-method', `${request.method} is not possible here`);
  }
  if (asset === undefined) throw new ConsoleError('not-found', 'there is no such page');
  response.writeHead(200, { ...HEADERS, 'content-type': asset.type });
  response.end(request.method === 'HEAD' ? undefined : asset.body);
}

function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'application/json; charset=utf-8' });
  response.end(toVisibleJson(value));
}

const STATUS: Readonly<Record<ConsoleError['code'], number>> = {
  'not-loopback': 500,
  'port-taken': 500,
  'bad-request': 400,
  'not-found': 404,
  forbidden: 403,
  'too-large': 413,
  'wrong-method': 405,
};

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = error instanceof ConsoleError;
  const code = known ? error.code : 'failed';
  sendJson(response, { error: { code, message: messageOf(error) } }, known ? STATUS[error.code] : 500);
}

async function readBody<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > BODY_LIMIT) throw new ConsoleError('too-large', `send at most ${BODY_LIMIT} bytes`);
    chunks.push(bytes);
  }
  const parsed = schema.safeParse(parseJson(Buffer.concat(chunks).toString('utf8')));
  if (!parsed.success)
    throw new ConsoleError('bad-request', `not understood: ${parsed.error.issues[0]?.message ?? ''}`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConsoleError('bad-request', 'the body is not JSON', { cause: error });
  }
}
