import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { messageOf } from '../errors.ts';
import { decodeBase64 } from './base64.ts';
import { expectTag, readChildren, readDer, readOid, TAG } from './der.ts';
import { SignatureError } from './errors.ts';

/** Parses a SubjectPublicKeyInfo. Accepts what Sigstore's algorithm registry allows: P-256, P-384, P-521, Ed25519, RSA of 2048 bits and more. Throws `malformed` or `unsupported`. */
export function parseSpki(der: Uint8Array): KeyObject {
  const hashes = readAlgorithmHashes(der);
  const key = parse(() => createPublicKey(encodePem(der)));
  if (hashes === undefined) return acceptKey(key);
  knownHashes.set(key, hashes);
  return key;
}

/**
 * As text, since that is the form in which Node imports a key without asking first, by way of exceptions, whether it is a key already: half the time. The
 * bytes are one DER element to their end by then, so the text can hold nothing else.
 */
function encodePem(der: Uint8Array): string {
  const base64 = Buffer.from(der.buffer, der.byteOffset, der.length).toString('base64');
  return `-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----\n`;
}

/** Curves by object identifier (RFC 5480 section 2.1.1.1), Ed25519 (RFC 8410 section 3). */
const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const ED25519 = '1.3.101.112';
const CURVE_NAMES: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.7': 'prime256v1',
  '1.3.132.0.34': 'secp384r1',
  '1.3.132.0.35': 'secp521r1',
};

/**
 * The hashes of a key as its AlgorithmIdentifier says them: asking OpenSSL for the details of a key costs more than reading it. Undefined for
 * algorithms of which more must be known than their name. Throws `unsupported` for a curve without a name.
 */
function readAlgorithmHashes(der: Uint8Array): readonly (string | null)[] | undefined {
  const [algorithm] = readChildren(readDer(der, TAG.sequence));
  const [oid, parameters] = readChildren(expectTag(algorithm, TAG.sequence));
  const name = readOid(oid);
  if (name === ED25519) return [null];
  if (name !== EC_PUBLIC_KEY) return undefined;
  // RFC 5480 section 2.1.1: a curve is named. Parameters spelled out are how CVE-2020-0601 passed off a key as another's.
  if (parameters?.tag !== TAG.oid) throw new SignatureError('unsupported', 'the curve of a key must be named');
  return CURVES[CURVE_NAMES[readOid(parameters)] ?? ''];
}

/** Parses a PKCS#1 RSA public key, as some trusted roots hold it. */
export function parsePkcs1(der: Uint8Array): KeyObject {
  return acceptKey(parse(() => createPublicKey({ key: Buffer.from(der), format: 'der', type: 'pkcs1' })));
}

/**
 * Parses a public key in PEM (RFC 7468). A private key or a certificate is refused, and so are bytes behind the key, which OpenSSL passes over: two texts must not
 * mean one key.
 */
export function parsePublicKeyPem(pem: string): KeyObject {
  const [, body] = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]*)-----END PUBLIC KEY-----/.exec(pem) ?? [];
  if (body === undefined) throw new SignatureError('malformed', 'not a public key in PEM');
  return parseSpki(decodeBase64(body.replace(/\s/g, ''), 'a public key in PEM'));
}

function parse(create: () => KeyObject): KeyObject {
  try {
    return create();
  } catch (cause) {
    throw new SignatureError('malformed', `not a public key: ${messageOf(cause)}`, { cause });
  }
}

const CURVES: Readonly<Record<string, readonly string[]>> = {
  prime256v1: ['sha256'],
  secp384r1: ['sha384', 'sha256'],
  secp521r1: ['sha512', 'sha256'],
};

function acceptKey(key: KeyObject): KeyObject {
  hashesOf(key);
  return key;
}

/** Asking a key for its details costs as much as half a signature check. */
const knownHashes = new WeakMap<KeyObject, readonly (string | null)[]>();

function hashesOf(key: KeyObject): readonly (string | null)[] {
  const known = knownHashes.get(key);
  if (known !== undefined) return known;
  const hashes = chooseHashes(key);
  knownHashes.set(key, hashes);
  return hashes;
}

/**
 * The hashes that a signature of the key may use, the one of Sigstore's registry first. cosign signs with sha256 under any `--key`, so P-384 and P-521 keys
 * are tried with it too. `null` stands for Ed25519, which hashes by itself.
 */
function chooseHashes(key: KeyObject): readonly (string | null)[] {
  const { namedCurve = '', modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.type === 'public' && key.asymmetricKeyType === 'ed25519') return [null];
  if (key.type === 'public' && key.asymmetricKeyType === 'rsa' && modulusLength >= 2048) return ['sha256'];
  const hashes = key.type === 'public' && key.asymmetricKeyType === 'ec' ? CURVES[namedCurve] : undefined;
  if (hashes === undefined) {
    throw new SignatureError(
      'unsupported',
      `a key of type ${key.asymmetricKeyType} ${namedCurve || modulusLength} is not accepted`,
    );
  }
  return hashes;
}

/** Whether `signature` is one of the key over `data`. */
export function verifyWithKey(key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  return hashesOf(key).some((hash) => verifyWithHash(key, hash, data, signature));
}

/** As `verifyWithKey`, with the hash given (X.509, CMS and CT name it themselves). */
export function verifyWithHash(key: KeyObject, hash: string | null, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(hash, data, key, signature);
  } catch {
    // OpenSSL reports a signature that is not even well-formed as an error: it is no signature of this key.
    return false;
  }
}

/** Whether two public keys are the same key. */
export function isSameKey(one: KeyObject, other: KeyObject): boolean {
  return one.equals(other);
}
