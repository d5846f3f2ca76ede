import { z } from 'zod';
import { collectBytes } from '../../lambdas/core/images/read-bytes.ts';
import type { Credentials } from './docker-credentials.ts';
import { SourceError } from './errors.ts';
import { isLoopbackHost } from './reference.ts';

const TOKEN_BYTES = 256 * 1024;
const tokenSchema = z
  .object({ token: z.string().optional(), access_token: z.string().optional() })
  .transform((answer) => answer.token ?? answer.access_token);

export interface TokenRequest {
  /** The registry's `WWW-Authenticate`. */
  readonly challenge: string;
  readonly host: string;
  readonly repository: string;
  readonly credentials: Credentials | undefined;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

/**
 * Turns the challenge of a registry into an `Authorization` header (distribution token authentication; RFC 7617 for Basic). The scope is ours, to
 * pull one repository, whatever the challenge names. The token service must be https, or on this machine where the registry is. Throws `denied` or
 * `unreachable`.
 */
export async function authorize(request: TokenRequest): Promise<string> {
  const { challenge, credentials, host } = request;
  if (/^basic\b/i.test(challenge)) {
    if (credentials?.kind === 'password') return basic(credentials);
    throw new SourceError('denied', `${host} asks for a user name and a password, and there are none for it`);
  }
  if (!/^bearer\b/i.test(challenge)) throw new SourceError('denied', `${host} asks for an unknown kind of sign-in`);
  const parameters = new Map(
    [...challenge.slice(0, 4096).matchAll(/([a-z_]{1,32})="([^"]{0,2048})"/gi)].map(([, name, value]) => [name, value]),
  );
  const realm = URL.parse(parameters.get('realm') ?? '');
  const local = realm?.protocol === 'http:' && isLoopbackHost(realm.host) && isLoopbackHost(host);
  if (realm === null || !(realm.protocol === 'https:' || local)) {
    throw new SourceError('denied', `the token service of ${host} is not https`);
  }
  const response = await askForToken(request, realm, parameters.get('service'));
  const body = response.status === 200 ? await collectBytes(response.body, TOKEN_BYTES, request.signal) : undefined;
  if (response.status !== 200) await response.body?.cancel();
  const token = body === undefined ? undefined : parseToken(body);
  if (token !== undefined) return `Bearer ${token}`;
  const code = response.status === 429 || response.status >= 500 ? 'unreachable' : 'denied';
  throw new SourceError(code, `the token service of ${host} answered ${response.status} and no token`);
}

function askForToken(request: TokenRequest, realm: URL, service: string | undefined): Promise<Response> {
  const { credentials, repository, signal } = request;
  const scope = `repository:${repository}:pull`;
  // Credentials must not travel to where the token service points
  const common = { redirect: 'error', signal } as const;
  if (credentials?.kind === 'identity-token') {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'countersign',
      refresh_token: credentials.token,
      scope,
      ...(service === undefined ? {} : { service }),
    });
    return request.fetch(realm, { ...common, method: 'POST', body });
  }
  realm.searchParams.set('scope', scope);
  if (service !== undefined) realm.searchParams.set('service', service);
  const headers = new Headers(credentials === undefined ? [] : [['authorization', basic(credentials)]]);
  return request.fetch(realm, { ...common, headers });
}

function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** A token that could smuggle a line into a header is none (RFC 6750, b64token). */
function parseToken(body: Uint8Array): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
  const parsed = tokenSchema.safeParse(json);
  return parsed.success && parsed.data !== undefined && /^[A-Za-z0-9._~+/=-]+$/.test(parsed.data)
    ? parsed.data
    : undefined;
}
