import type { KeyObject } from 'node:crypto';
import { messageOf } from '../errors.ts';
import { decodeBase64 } from './base64.ts';
import { type Certificate, isAuthority, isIssuedBy, parseCertificate } from './certificate.ts';
import { SignatureError } from './errors.ts';
import { readFields, readList, readMatch, readNullish, readOptional, readText } from './fields.ts';
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

const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.trustedroot(\+json;version=0\.[12]|\.v0\.[12]\+json)$/;
const LONGEST = 64 * 1024;
/** Most authorities, and most logs, of each kind. */
const MOST = 100;

/**
 * Parses trusted_root.json (protobuf-specs, sigstore_trustroot.proto). Throws `trust-root-unusable` for any part that is malformed: a root is used whole or not at all.
 * A log without a start of its validity is unusable, since that would trust it for all time. An empty or outdated root parses and verifies nothing.
 */
export function parseTrustRoot(json: unknown): TrustRoot {
  try {
    const root = readFields(json, 'trusted root');
    readMatch(root.mediaType, 'mediaType', MEDIA_TYPE);
    return {
      authorities: readOptional(root.certificateAuthorities, 'certificateAuthorities', readAuthorities) ?? [],
      logs: readOptional(root.tlogs, 'tlogs', readLogs) ?? new Map(),
      certificateLogs: readOptional(root.ctlogs, 'ctlogs', readLogs) ?? new Map(),
      timestampAuthorities: readOptional(root.timestampAuthorities, 'timestampAuthorities', readAuthorities) ?? [],
    };
  } catch (cause) {
    throw new SignatureError('trust-root-unusable', messageOf(cause), { cause });
  }
}

function readAuthorities(value: unknown, at: string): readonly Authority[] {
  return readList(value, at, readAuthority, { most: MOST });
}

function readAuthority(value: unknown, at: string): Authority {
  const { certChain, validFor } = readFields(value, at);
  const [first, ...rest] = readList(readFields(certChain, `${at}.certChain`).certificates, at, readCertificate, {
    least: 1,
    most: 10,
  });
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
  return { chain, validity: readNullish(validFor, `${at}.validFor`, readValidity) ?? ALWAYS };
}

function readCertificate(value: unknown, at: string): Certificate {
  return parseCertificate(decodeBase64(readBytes(readFields(value, at).rawBytes, at), 'certificate of an authority'));
}

function readBytes(value: unknown, at: string): string {
  return readText(value, at, LONGEST);
}

function readLogs(value: unknown, at: string): ReadonlyMap<string, Log> {
  const logs = new Map<string, Log>();
  for (const [keyId, log] of readList(value, at, readLog, { most: MOST })) {
    if (log.id.length < 4 || logs.has(keyId))
      throw new SignatureError('malformed', `log ${log.host} has no id of its own`);
    logs.set(keyId, log);
  }
  return logs;
}

function readLog(value: unknown, at: string): readonly [string, Log] {
  const log = readFields(value, at);
  const host = hostOf(readOptional(log.baseUrl, `${at}.baseUrl`, readUrl) ?? '');
  const publicKey = readFields(log.publicKey, `${at}.publicKey`);
  const validity = readNullish(publicKey.validFor, `${at}.publicKey.validFor`, readValidity);
  if (validity === undefined || validity.start === Number.NEGATIVE_INFINITY)
    throw new SignatureError('malformed', `log ${host} has no start of validity`);
  const raw = decodeBase64(readBytes(publicKey.rawBytes, `${at}.publicKey.rawBytes`), 'public key of a log');
  const details = readText(publicKey.keyDetails, `${at}.publicKey.keyDetails`, 100);
  const key = details.startsWith('PKCS1_RSA') ? parsePkcs1(raw) : parseSpki(raw);
  const keyId = readBytes(readFields(log.logId, `${at}.logId`).keyId, `${at}.logId.keyId`);
  return [keyId, { host, key, id: decodeBase64(keyId, 'id of a log'), validity }];
}

function readUrl(value: unknown, at: string): string {
  return readText(value, at, 2048);
}

function hostOf(baseUrl: string): string {
  return URL.parse(baseUrl)?.host ?? baseUrl;
}

const ALWAYS: Validity = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

/** A TimeRange, each end of which may be left open. */
function readValidity(value: unknown, at: string): Validity {
  const { start, end } = readFields(value, at);
  return {
    start: readNullish(start, `${at}.start`, readInstant) ?? ALWAYS.start,
    end: readNullish(end, `${at}.end`, readInstant) ?? ALWAYS.end,
  };
}

function readInstant(value: unknown, at: string): number {
  const text = readText(value, at, 40);
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
