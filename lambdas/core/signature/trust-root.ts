import type { KeyObject } from 'node:crypto';
import * as z from 'zod';
import { messageOf } from '../errors.ts';
import { decodeBase64 } from './base64.ts';
import { type Certificate, isAuthority, isIssuedBy, parseCertificate } from './certificate.ts';
import { SignatureError } from './errors.ts';
import { matchShape } from './json.ts';
import { parsePkcs1, parseSpki } from './keys.ts';

/** A time window, Unix milliseconds, both ends inclusive (protobuf-specs, sigstore_common.proto, TimeRange). */
export interface Validity {
  readonly start: number;
  readonly end: number;
}

/** A certificate authority: `chain[0]` issues the signing certificates, each is issued by the next. */
export interface Authority {
  readonly chain: readonly [Certificate, ...Certificate[]];
  readonly validity: Validity;
}

/** A transparency log or a certificate transparency log. */
export interface Log {
  /** Host name of its base URL: the name that signs its checkpoints. */
  readonly host: string;
  readonly key: KeyObject;
  readonly id: Buffer;
  readonly validity: Validity;
}

/** Who is trusted: a parsed Sigstore trusted_root.json. Keys are parsed and chains are checked once, here. */
export interface TrustRoot {
  readonly authorities: readonly Authority[];
  /** By base64 of the log id. */
  readonly logs: ReadonlyMap<string, Log>;
  readonly certificateLogs: ReadonlyMap<string, Log>;
  /** `chain[0]` is the certificate that signs time stamps. */
  readonly timestampAuthorities: readonly Authority[];
}

const time = z.string().max(40);
const range = z.object({ start: time.nullish(), end: time.nullish() });
const bytes = z.string().max(64 * 1024);
const logShape = z.object({
  baseUrl: z.string().max(2048).default(''),
  publicKey: z.object({ rawBytes: bytes, keyDetails: z.string().max(100), validFor: range.nullish() }),
  logId: z.object({ keyId: bytes }),
});
const authorityShape = z.object({
  certChain: z.object({
    certificates: z
      .array(z.object({ rawBytes: bytes }))
      .min(1)
      .max(10),
  }),
  validFor: range.nullish(),
});
const rootShape = z.object({
  mediaType: z
    .string()
    .regex(/^application\/vnd\.dev\.sigstore\.trustedroot(\+json;version=0\.[12]|\.v0\.[12]\+json)$/),
  certificateAuthorities: z.array(authorityShape).max(100).default([]),
  tlogs: z.array(logShape).max(100).default([]),
  ctlogs: z.array(logShape).max(100).default([]),
  timestampAuthorities: z.array(authorityShape).max(100).default([]),
});

/**
 * Parses trusted_root.json (protobuf-specs, sigstore_trustroot.proto). Throws `trust-root-unusable` for any part that is malformed: a root is used whole or not at all.
 * A log without a start of its validity is unusable, since that would trust it for all time. An empty or outdated root parses and verifies nothing.
 */
export function parseTrustRoot(json: unknown): TrustRoot {
  try {
    const shape = matchShape(json, rootShape, 'trusted root');
    return {
      authorities: shape.certificateAuthorities.map((authority) => readAuthority(authority)),
      logs: readLogs(shape.tlogs),
      certificateLogs: readLogs(shape.ctlogs),
      timestampAuthorities: shape.timestampAuthorities.map((authority) => readAuthority(authority)),
    };
  } catch (cause) {
    throw new SignatureError('trust-root-unusable', messageOf(cause), { cause });
  }
}

function readAuthority(shape: z.infer<typeof authorityShape>): Authority {
  const [first, ...rest] = shape.certChain.certificates.map(({ rawBytes }) =>
    parseCertificate(decodeBase64(rawBytes, 'certificate of an authority')),
  );
  if (first === undefined) throw new SignatureError('malformed', 'an authority without certificates');
  const chain: readonly [Certificate, ...Certificate[]] = [first, ...rest];
  for (const [index, issuer] of rest.entries()) {
    const issued = chain[index];
    if (issued === undefined || !isAuthority(issuer) || !isIssuedBy(issued, issuer)) {
      throw new SignatureError(
        'malformed',
        `certificate ${index + 1} of an authority's chain does not issue the one before it`,
      );
    }
  }
  return { chain, validity: readValidity(shape.validFor ?? {}) };
}

function readLogs(shapes: readonly z.infer<typeof logShape>[]): ReadonlyMap<string, Log> {
  const logs = new Map<string, Log>();
  for (const { baseUrl, publicKey, logId } of shapes) {
    if (!publicKey.validFor?.start) throw new SignatureError('malformed', `log ${baseUrl} has no start of validity`);
    const raw = decodeBase64(publicKey.rawBytes, 'public key of a log');
    const key = publicKey.keyDetails.startsWith('PKCS1_RSA') ? parsePkcs1(raw) : parseSpki(raw);
    const id = decodeBase64(logId.keyId, 'id of a log');
    if (id.length < 4 || logs.has(logId.keyId))
      throw new SignatureError('malformed', `log ${baseUrl} has no id of its own`);
    logs.set(logId.keyId, { host: hostOf(baseUrl), key, id, validity: readValidity(publicKey.validFor) });
  }
  return logs;
}

function hostOf(baseUrl: string): string {
  return URL.parse(baseUrl)?.host ?? baseUrl;
}

function readValidity(shape: z.infer<typeof range>): Validity {
  return {
    start: readInstant(shape.start, Number.NEGATIVE_INFINITY),
    end: readInstant(shape.end, Number.POSITIVE_INFINITY),
  };
}

function readInstant(text: string | null | undefined, absent: number): number {
  if (text === undefined || text === null) return absent;
  const instant = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant)) throw new SignatureError('malformed', 'a validity that is not an RFC 3339 time');
  return instant;
}

/** Whether an instant lies in a window, ends included. */
export function isWithin(instant: number, { start, end }: Validity): boolean {
  return instant >= start && instant <= end;
}

/** Whether an instant lies in the validity of a certificate. `notAfter` has the precision of a second, which counts to its end. */
export function isValidAt(certificate: Certificate, instant: number): boolean {
  return instant >= certificate.notBefore && instant < certificate.notAfter + 1000;
}
