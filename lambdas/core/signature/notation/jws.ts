import * as z from 'zod';
import { decodeBase64 } from '../base64.ts';
import { isAlgorithm } from './algorithm.ts';
import { HEADER, readSignedAttributes, type SignedAttributes } from './attributes.ts';
import { NotationError } from './errors.ts';
import { parseJsonText } from './json-text.ts';

/** A signature envelope taken apart: the same for JWS and COSE. Nothing of it is verified. */
export interface NotationEnvelope {
  readonly format: 'jws' | 'cose';
  readonly attributes: SignedAttributes;
  readonly payload: Uint8Array;
  /** The bytes that were signed. */
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
  /** DER, the signing certificate first. */
  readonly certificates: readonly Uint8Array[];
  /** RFC 3161 TimeStampToken (DER), unsigned. */
  readonly timestamp: Uint8Array | undefined;
}

export const MOST_CERTIFICATES = 10;
const LARGEST = 256 * 1024;
const text = z.string().max(LARGEST);

const envelopeShape = z.strictObject({
  payload: text.min(1),
  protected: text.min(1),
  signature: text.min(1),
  header: z.looseObject({
    x5c: z.array(text).min(1).max(MOST_CERTIFICATES),
    'io.cncf.notary.timestampSignature': text.min(1).optional(),
  }),
});

const protectedShape = z.record(z.string(), z.unknown());

/** Headers that count only where the signature covers them (RFC 7515 section 7.2.1: the two sets of names must be disjoint). */
const PROTECTED_ONLY: readonly string[] = ['alg', 'crit', 'cty', ...Object.values(HEADER)];

/** Reads a JWS in flattened JSON serialization (signature-envelope-jws.md). Throws `malformed`, `unsupported` or a code of its headers. */
export function parseJwsEnvelope(bytes: Uint8Array): NotationEnvelope {
  const envelope = parseJsonText(bytes, envelopeShape, 'the JWS envelope', LARGEST);
  const { header } = envelope;
  const headers = parseJsonText(decodeBase64Url(envelope.protected), protectedShape, 'the protected header', LARGEST);
  const misplaced = Object.keys(header).find(
    (name) => PROTECTED_ONLY.includes(name) || (Object.hasOwn(headers, name) && name !== ''),
  );
  if (misplaced !== undefined) {
    throw new NotationError('bad-header', `the header ${misplaced.slice(0, 100)} stands where nothing protects it`);
  }
  const { alg, crit, cty, ...others } = headers;
  if (!isAlgorithm(alg)) throw new NotationError('unsupported', 'the signature algorithm is missing or not allowed');
  const timestamp = header['io.cncf.notary.timestampSignature'];
  return {
    format: 'jws',
    attributes: readSignedAttributes({
      algorithm: alg,
      contentType: cty,
      critical: crit,
      values: new Map(Object.entries(others)),
      readTime: readRfc3339,
    }),
    payload: decodeBase64Url(envelope.payload),
    signedBytes: Buffer.from(`${envelope.protected}.${envelope.payload}`, 'ascii'),
    signature: decodeBase64Url(envelope.signature),
    certificates: header.x5c.map((certificate) => decodeCertificate(certificate)),
    timestamp: timestamp === undefined ? undefined : decodeBase64(timestamp, 'the time stamp'),
  };
}

function decodeCertificate(base64: string): Uint8Array {
  return decodeBase64(base64, 'a certificate of the chain');
}

/** Base64url without padding (RFC 7515 section 2); only the one spelling of the bytes is taken. */
function decodeBase64Url(encoded: string): Uint8Array {
  const bytes = Buffer.from(encoded, 'base64url');
  if (bytes.toString('base64url') !== encoded) throw new NotationError('malformed', 'a part is not base64url');
  return bytes;
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** RFC 3339 section 5.6, whole seconds count. */
function readRfc3339(value: unknown, name: string): number {
  const match = typeof value === 'string' ? RFC3339.exec(value) : null;
  if (match === null) throw new NotationError('bad-header', `${name} is not an RFC 3339 time`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(local);
  const [offsetHour, offsetMinute] = [Number(match[8] ?? 0), Number(match[9] ?? 0)];
  const exists =
    read.getUTCMonth() === month - 1 && read.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!exists || year < 1970 || offsetHour > 23 || offsetMinute > 59) {
    throw new NotationError('bad-header', `${name} is a time that does not exist`);
  }
  const offset = (offsetHour * 60 + offsetMinute) * 60_000;
  return match[7] === '-' ? local + offset : local - offset;
}
