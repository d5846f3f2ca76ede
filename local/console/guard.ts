import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { ConsoleError } from './errors.ts';

/** Tells whether a host to listen on is this machine alone: 127.0.0.0/8, ::1 or localhost. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

/**
 * Refuses requests that a page of another site could have made: a Host header that does not name this server (DNS rebinding), a state-changing
 * request whose Origin is another, or one that is not JSON (which a form cannot send). Throws `forbidden` or `bad-request`.
 */
export function guardRequest(request: IncomingMessage, allowed: { readonly hosts: ReadonlySet<string> | 'any' }): void {
  const host = request.headers.host ?? '';
  if (allowed.hosts !== 'any' && !allowed.hosts.has(host.toLowerCase())) {
    throw new ConsoleError('forbidden', 'the Host header does not name this console');
  }
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const origin = request.headers.origin;
  if (origin !== `http://${host}`) throw new ConsoleError('forbidden', 'only the console itself may change things');
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') throw new ConsoleError('forbidden', 'not a request of the console');
  if (!/^application\/json(?:;|$)/.test(request.headers['content-type'] ?? '')) {
    throw new ConsoleError('bad-request', 'send application/json');
  }
}

/** The Host headers under which a server on a loopback address may be asked. */
export function hostsOf(port: number): ReadonlySet<string> {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  return new Set(names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])));
}
