import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Absent } from './absent.ts';
import { answers, freePorts, listens, type Processes } from './processes.ts';

/** A private Sigstore on this machine, made of the real programs where they run without a database, and what cosign needs to use it. */
export interface PrivateSigstore {
  /** Trusted root for verifying everything that was signed here. */
  readonly trustedRoot: string;
  /** The same with another Rekor and another certificate authority. */
  readonly foreignRoot: string;
  /** Signing configuration with Rekor v2 and timestamps, with Rekor v1. */
  readonly rekor2: string;
  readonly rekor1: string;
  readonly fulcioUrl: string;
  readonly rekor1Url: string;
  readonly timestampUrl: string;
  /** PEM, the root last. */
  readonly timestampChain: string;
  /** The identity that `makeToken` is about. */
  readonly identity: string;
  readonly issuer: string;
  /** Writes an identity token as a GitHub workflow would get it, and returns the file. */
  makeToken(): string;
  stop(): void;
}

const WORKFLOW = 'acme/app/.github/workflows/release.yml@refs/heads/main';
/** Not to be chosen: one timestamp-server on a machine. */
const TSA_METRICS = 2112;
const EPOCH = '2026-01-01T00:00:00Z';
const ed25519 = () => generateKeyPairSync('ed25519');
const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicPem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();

export async function startSigstore(processes: Processes, bin: string, folder: string): Promise<PrivateSigstore> {
  if (await listens(TSA_METRICS)()) {
    throw new Absent(`port ${TSA_METRICS}, which timestamp-server takes for its metrics, is in use`);
  }
  mkdirSync(folder, { recursive: true });
  const at = (name: string) => join(folder, name);
  const program = (name: string) => join(bin, name);
  const [ct = 0, rekor1 = 0, fulcio = 0, fulcioGrpc = 0, fulcioMetrics = 0, tsa = 0, ...more] = await freePorts(9);
  const [rekor2 = 0, rekor2Grpc = 0, rekor2Metrics = 0] = more;
  const url = (port: number) => `http://127.0.0.1:${port}`;

  const issuer = await startIssuer();
  const fulcioConfig = readFileSync(fileURLToPath(new URL('../sigstore/fulcio.yaml', import.meta.url)), 'utf8');
  writeFileSync(at('fulcio.yaml'), fulcioConfig.replaceAll('ISSUER', issuer.url));
  const rekorKey = ed25519();
  writeFileSync(at('rekor2.key'), rekorKey.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(at('rekor2.pub'), publicPem(rekorKey.publicKey));

  const loopback = ['--host', '127.0.0.1'];
  await Promise.all([
    processes.start('ctstub', [program('ctstub'), '-addr', `127.0.0.1:${ct}`, '-pub', at('ct.pub')], listens(ct)),
    processes.start(
      'rekor1',
      [program('rekor1stub'), '-addr', `127.0.0.1:${rekor1}`, '-pub', at('rekor1.pub')],
      listens(rekor1),
    ),
  ]);
  await Promise.all([
    processes.start(
      'fulcio',
      [
        ...[program('fulcio'), 'serve', '--ca', 'ephemeralca', ...loopback, '--port', String(fulcio)],
        ...['--grpc-host', '127.0.0.1', '--grpc-port', String(fulcioGrpc), '--metrics-port', String(fulcioMetrics)],
        ...['--legacy-unix-domain-socket', at('fulcio.sock'), '--config-path', at('fulcio.yaml')],
        ...['--ct-log-url', `${url(ct)}/test`],
      ],
      answers(`${url(fulcio)}/api/v2/trustBundle`),
    ),
    processes.start(
      'timestamp-authority',
      [
        ...[program('timestamp-server'), 'serve', ...loopback, '--port', String(tsa), '--timestamp-signer', 'memory'],
        ...['--disable-ntp-monitoring', '--include-chain-in-response'],
      ],
      answers(`${url(tsa)}/api/v1/timestamp/certchain`),
    ),
    processes.start(
      'rekor2',
      [
        ...[program('posix'), 'serve', '--http-address', '127.0.0.1', '--http-port', String(rekor2)],
        ...[
          '--grpc-address',
          '127.0.0.1',
          '--grpc-port',
          String(rekor2Grpc),
          '--http-metrics-port',
          String(rekor2Metrics),
        ],
        ...['--hostname', 'rekor2.test', '--storage-dir', at('tiles'), '--signer-filepath', at('rekor2.key')],
        ...['--checkpoint-interval', '1s', '--batch-max-age', '50ms'],
      ],
      answers(`${url(rekor2)}/healthz`),
    ),
  ]);

  const bundle = trustBundle.parse(await (await fetch(`${url(fulcio)}/api/v2/trustBundle`)).json());
  writeFileSync(at('fulcio.pem'), bundle.chains.flatMap(({ certificates }) => certificates).join(''));
  writeFileSync(at('tsa.pem'), await (await fetch(`${url(tsa)}/api/v1/timestamp/certchain`)).text());
  writeFileSync(at('foreign.pub'), publicPem(ed25519().publicKey));

  const cosign = (...args: string[]) =>
    processes.must([program('cosign'), ...args], { env: cosignEnvironment(folder) });
  const service = (address: string, version: number) =>
    `url=${address},api-version=${version},start-time=${EPOCH},operator=test`;
  const ca = [`--fulcio=${service(url(fulcio), 1)}`, `--oidc-provider=${service(issuer.url, 1)}`];
  await cosign(
    ...['signing-config', 'create', ...ca, `--rekor=${service(url(rekor2), 2)}`, '--rekor-config=ANY'],
    ...[`--tsa=${service(`${url(tsa)}/api/v1/timestamp`, 1)}`, '--tsa-config=ANY', '--out', at('rekor2.json')],
  );
  await cosign(
    'signing-config',
    'create',
    ...ca,
    `--rekor=${service(url(rekor1), 1)}`,
    '--rekor-config=ANY',
    '--out',
    at('rekor1.json'),
  );
  const makeRoot = (out: string, rekor2Key: string, rekor1Key: string) =>
    cosign(
      ...['trusted-root', 'create', `--fulcio=url=${url(fulcio)},certificate-chain=${at('fulcio.pem')}`],
      `--ctfe=url=${url(ct)}/test,public-key=${at('ct.pub')},start-time=${EPOCH}`,
      `--rekor=url=http://rekor2.test,public-key=${rekor2Key},start-time=${EPOCH},origin=rekor2.test`,
      `--rekor=url=http://rekor1.local,public-key=${rekor1Key},start-time=${EPOCH}`,
      `--tsa=url=${url(tsa)}/api/v1/timestamp,certificate-chain=${at('tsa.pem')}`,
      ...['--out', out],
    );
  writeFileSync(at('foreign1.pub'), publicPem(p256().publicKey));
  await makeRoot(at('trusted-root.json'), at('rekor2.pub'), at('rekor1.pub'));
  await makeRoot(at('foreign-root.json'), at('foreign.pub'), at('foreign1.pub'));

  return {
    trustedRoot: at('trusted-root.json'),
    foreignRoot: at('foreign-root.json'),
    rekor2: at('rekor2.json'),
    rekor1: at('rekor1.json'),
    fulcioUrl: url(fulcio),
    rekor1Url: url(rekor1),
    timestampUrl: `${url(tsa)}/api/v1/timestamp`,
    timestampChain: readFileSync(at('tsa.pem'), 'utf8'),
    identity: `https://github.com/${WORKFLOW}`,
    issuer: issuer.url,
    makeToken: () => {
      const file = at(`token-${randomUUID()}`);
      writeFileSync(file, issuer.token(), { mode: 0o600 });
      return file;
    },
    stop: () => issuer.server.close(),
  };
}

const trustBundle = z.object({ chains: z.array(z.object({ certificates: z.array(z.string()) })).min(1) });

/** cosign keeps to itself what it would keep at home, and asks for no password. */
export const cosignEnvironment = (folder: string) => ({
  PATH: process.env.PATH,
  HOME: folder,
  DOCKER_CONFIG: folder,
  COSIGN_PASSWORD: '',
  COSIGN_YES: 'true',
});

interface Issuer {
  readonly url: string;
  readonly server: Server;
  token(): string;
}

/** An OpenID Connect issuer with the discovery and keys that Fulcio asks for, and tokens with the claims of a GitHub workflow. */
async function startIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = p256();
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'ES256' }];
  let url = '';
  const server = createServer((request, response) => {
    const answer = (body: unknown) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body));
    };
    if (request.url === '/.well-known/openid-configuration') return answer(discovery(url));
    if (request.url === '/keys') return answer({ keys });
    response.statusCode = 404;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'object' && address !== null) url = `http://127.0.0.1:${address.port}`;
  return { url, server, token: () => makeToken(url, privateKey) };
}

const discovery = (issuer: string) => ({
  issuer,
  jwks_uri: `${issuer}/keys`,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
});

function makeToken(iss: string, key: KeyObject): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now - 5, nbf: now - 5, exp: now + 600 };
  const signed = `${encode({ alg: 'ES256', kid: 'k1', typ: 'JWT' })}.${encode({ iss, aud: 'sigstore', jti: randomUUID(), ...times, ...CLAIMS })}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** The claims of a token that GitHub gives a workflow ("OpenID Connect reference" of GitHub's documentation), as far as Fulcio reads them. */
const CLAIMS = {
  sub: 'repo:acme/app:ref:refs/heads/main',
  repository: 'acme/app',
  repository_id: '101',
  repository_owner: 'acme',
  repository_owner_id: '100',
  repository_visibility: 'private',
  ref: 'refs/heads/main',
  ref_type: 'branch',
  sha: '1'.repeat(40),
  workflow: 'release',
  workflow_ref: WORKFLOW,
  workflow_sha: '1'.repeat(40),
  job_workflow_ref: WORKFLOW,
  job_workflow_sha: '1'.repeat(40),
  event_name: 'push',
  run_id: '42',
  run_attempt: '1',
  run_number: '7',
  actor: 'dev',
  actor_id: '9',
  environment: 'production',
  runner_environment: 'github-hosted',
} as const;
