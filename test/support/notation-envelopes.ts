import { constants, sign } from 'node:crypto';
import { encode, Tagged } from 'cborg';
import type { KeyPair } from '../../local/sigstore/certificates.ts';
import { type Chain, NOW } from './notation-kit.ts';

export const PAYLOAD_TYPE = 'application/vnd.cncf.notary.payload.v1+json';
export const ARTIFACT = {
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: `sha256:${'ab'.repeat(32)}`,
  size: 942,
} as const;

type Headers = Readonly<Record<string, unknown>>;

/** What can be changed about an envelope; `undefined` as a header's value leaves the header out. */
export interface EnvelopeOptions {
  readonly headers?: Headers;
  readonly critical?: readonly unknown[];
  readonly unprotected?: Headers;
  readonly payload?: unknown;
  readonly rawPayload?: Buffer;
  readonly rawProtected?: string;
  readonly algorithm?: string | undefined;
  readonly authority?: boolean;
  readonly signingTime?: number;
  readonly expiry?: number;
  readonly certificates?: readonly Buffer[];
  readonly timestamp?: (signature: Buffer) => Buffer;
  /** Signs with this key instead of the leaf's. */
  readonly keys?: KeyPair;
}

/** The algorithm that the specification gives to a key. */
export function algorithmFor({ privateKey }: KeyPair): string {
  const { namedCurve = '', modulusLength = 0 } = privateKey.asymmetricKeyDetails ?? {};
  const curves: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };
  return curves[namedCurve] ?? (modulusLength <= 2048 ? 'PS256' : modulusLength === 3072 ? 'PS384' : 'PS512');
}

export function signBytes(algorithm: string, { privateKey }: KeyPair, bytes: Uint8Array): Buffer {
  const hash = `sha${algorithm.slice(2)}`;
  return algorithm.startsWith('PS')
    ? sign(hash, bytes, {
        key: privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      })
    : sign(hash, bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' });
}

interface Contents {
  readonly headers: Headers;
  readonly critical: readonly unknown[];
  readonly payload: Buffer;
  readonly certificates: readonly Buffer[];
  readonly keys: KeyPair;
}

function contentsOf(chain: Chain, options: EnvelopeOptions, time: (at: number) => unknown): Contents {
  const timeHeader = `io.cncf.notary.${options.authority === true ? 'authenticSigningTime' : 'signingTime'}`;
  const headers = defined({
    'io.cncf.notary.signingScheme': options.authority === true ? 'notary.x509.signingAuthority' : 'notary.x509',
    [timeHeader]: time(options.signingTime ?? NOW - 60_000),
    'io.cncf.notary.expiry': options.expiry === undefined ? undefined : time(options.expiry),
    ...options.headers,
  });
  return {
    headers,
    critical: options.critical ?? Object.keys(headers).filter((name) => name !== 'io.cncf.notary.signingTime'),
    payload: options.rawPayload ?? Buffer.from(JSON.stringify(options.payload ?? { targetArtifact: ARTIFACT })),
    certificates: options.certificates ?? chain.chain,
    keys: options.keys ?? chain.leaf.keys,
  };
}

function defined(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

export function signJws(chain: Chain, options: EnvelopeOptions = {}): Buffer {
  const contents = contentsOf(chain, options, (at) => new Date(at).toISOString().replace('.000', ''));
  const alg = 'algorithm' in options ? options.algorithm : algorithmFor(contents.keys);
  const header = defined({ alg, crit: contents.critical, cty: PAYLOAD_TYPE, ...contents.headers });
  const protectedText = Buffer.from(options.rawProtected ?? JSON.stringify(header)).toString('base64url');
  const payload = contents.payload.toString('base64url');
  const signature = signBytes(algorithmFor(contents.keys), contents.keys, Buffer.from(`${protectedText}.${payload}`));
  const timestamp = options.timestamp?.(signature).toString('base64');
  return Buffer.from(
    JSON.stringify({
      payload,
      protected: protectedText,
      header: defined({
        x5c: contents.certificates.map((certificate) => certificate.toString('base64')),
        'io.cncf.notary.timestampSignature': timestamp,
        'io.cncf.notary.signingAgent': 'kit/1.0.0',
        ...options.unprotected,
      }),
      signature: signature.toString('base64url'),
    }),
  );
}

const COSE: Readonly<Record<string, number>> = {
  PS256: -37,
  PS384: -38,
  PS512: -39,
  ES256: -7,
  ES384: -35,
  ES512: -36,
};

/** `labels` are protected headers under labels of any type, over those that are there. */
export function signCose(
  chain: Chain,
  options: EnvelopeOptions & {
    labels?: readonly (readonly [unknown, unknown])[];
    tag?: number;
    chainLabel?: unknown;
  } = {},
): Buffer {
  const contents = contentsOf(chain, options, (at) => new Tagged(1, at / 1000));
  const algorithm = algorithmFor(contents.keys);
  const alg = 'algorithm' in options ? COSE[options.algorithm ?? ''] : COSE[algorithm];
  const labels = new Map<unknown, unknown>([
    [1, alg],
    [2, contents.critical],
    [3, PAYLOAD_TYPE],
    ...Object.entries(contents.headers),
    ...(options.labels ?? []),
  ]);
  for (const [label, value] of labels) if (value === undefined) labels.delete(label);
  const protectedBytes = encode(labels);
  const payload = new Uint8Array(contents.payload);
  const signature = signBytes(
    algorithm,
    contents.keys,
    encode(['Signature1', protectedBytes, new Uint8Array(), payload]),
  );
  const unprotected = new Map<unknown, unknown>([
    [33, options.chainLabel ?? contents.certificates.map((certificate) => new Uint8Array(certificate))],
    ['io.cncf.notary.signingAgent', 'kit/1.0.0'],
    ...Object.entries(options.unprotected ?? {}),
  ]);
  const timestamp = options.timestamp?.(signature);
  if (timestamp !== undefined) unprotected.set('io.cncf.notary.timestampSignature', new Uint8Array(timestamp));
  return Buffer.from(
    encode(new Tagged(options.tag ?? 18, [protectedBytes, unprotected, payload, new Uint8Array(signature)])),
  );
}
