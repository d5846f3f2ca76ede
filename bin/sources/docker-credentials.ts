import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { messageOf } from '../../lambdas/core/errors.ts';
import { SourceError } from './errors.ts';

/** What a registry is signed in with. An identity token is exchanged for an access token (OAuth 2 refresh token). */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'identity-token'; readonly token: string };

const configSchema = z.object({
  auths: z
    .record(z.string(), z.object({ auth: z.string().optional(), identitytoken: z.string().optional() }))
    .default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});
const helperSchema = z.object({ Username: z.string(), Secret: z.string() });

/** Docker credential helpers are programs named `docker-credential-<name>`; nothing else may be started from here. */
const HELPER_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const HELPER_TIMEOUT_MS = 10_000;
const HELPER_OUTPUT_BYTES = 64 * 1024;

/**
 * The credentials that `docker login` left for a host: `credHelpers`, then `credsStore`, then `auths` of `config.json` in DOCKER_CONFIG or ~/.docker.
 * Undefined where there are none. Throws `bad-credentials` where the file or a helper cannot be used: going on without would look like "no access".
 */
export async function readDockerCredentials(
  host: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  const file = join(environment.DOCKER_CONFIG ?? join(environment.HOME ?? homedir(), '.docker'), 'config.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new SourceError('bad-credentials', `${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
  const config = parseConfig(text, file);
  const keys = keysOf(host);
  const helper = keys.map((key) => config.credHelpers[key]).find((name) => name !== undefined) ?? config.credsStore;
  const helped = helper === undefined ? undefined : await askHelper(helper, keys[0] ?? host, environment);
  if (helped !== undefined) return helped;
  const auth = keys.map((key) => config.auths[key]).find((entry) => entry !== undefined);
  if (auth?.identitytoken) return { kind: 'identity-token', token: auth.identitytoken };
  return auth?.auth ? decodeBasic(auth.auth, file) : undefined;
}

function parseConfig(text: string, file: string): z.infer<typeof configSchema> {
  try {
    return configSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new SourceError('bad-credentials', `${file} is not a Docker configuration`, { cause });
  }
}

/** Under which names Docker keeps a host; Docker Hub has a name from its past. */
function keysOf(host: string): string[] {
  if (host === 'registry-1.docker.io') return ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io'];
  return [host, `https://${host}`, `https://${host}/`, `http://${host}`, `https://${host}/v1/`, `https://${host}/v2/`];
}

function decodeBasic(auth: string, file: string): Credentials {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) throw new SourceError('bad-credentials', `${file} has an auth entry that is not user:password`);
  // Docker pads old entries with zero bytes
  return { kind: 'password', username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
}

/** Runs `docker-credential-<name> get` with the host on its input. "credentials not found" on its output means none. */
async function askHelper(
  name: string,
  key: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  if (!HELPER_NAME.test(name)) throw new SourceError('bad-credentials', 'a credential helper has a malformed name');
  const program = `docker-credential-${name}`;
  let output: string;
  try {
    const running = promisify(execFile)(program, ['get'], {
      timeout: HELPER_TIMEOUT_MS,
      maxBuffer: HELPER_OUTPUT_BYTES,
      env: { ...environment },
    });
    running.child.stdin?.on('error', () => undefined).end(key);
    output = (await running).stdout;
  } catch (cause) {
    const said = cause instanceof Error && 'stdout' in cause ? String(cause.stdout) : '';
    if (/credentials not found/i.test(said)) return undefined;
    throw new SourceError('bad-credentials', `${program} failed: ${messageOf(cause).slice(0, 200)}`, { cause });
  }
  const parsed = helperSchema.safeParse(parseJson(output));
  if (!parsed.success)
    throw new SourceError('bad-credentials', `${program} did not answer with a user name and a secret`);
  const { Username, Secret } = parsed.data;
  // The protocol of credential helpers marks an identity token so
  if (Username === '<token>') return { kind: 'identity-token', token: Secret };
  return { kind: 'password', username: Username, password: Secret };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
