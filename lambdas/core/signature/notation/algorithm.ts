import { constants, type KeyObject, verify } from 'node:crypto';
import { NotationError } from './errors.ts';

/** The signature algorithms a Notary Project signature may have (signature-specification.md, Signature Algorithm Requirements), by their JOSE names. */
export type Algorithm = 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512';

/** COSE algorithm identifiers (RFC 9053 section 2.1, RFC 8230 section 2). */
export const COSE_ALGORITHMS: ReadonlyMap<number, Algorithm> = new Map([
  [-37, 'PS256'],
  [-38, 'PS384'],
  [-39, 'PS512'],
  [-7, 'ES256'],
  [-35, 'ES384'],
  [-36, 'ES512'],
]);

const JOSE_ALGORITHMS: ReadonlySet<string> = new Set(COSE_ALGORITHMS.values());

const HASHES: Readonly<Record<Algorithm, string>> = {
  PS256: 'sha256',
  PS384: 'sha384',
  PS512: 'sha512',
  ES256: 'sha256',
  ES384: 'sha384',
  ES512: 'sha512',
};

const RSA_SIZES: ReadonlyMap<number, Algorithm> = new Map([
  [2048, 'PS256'],
  [3072, 'PS384'],
  [4096, 'PS512'],
]);

const CURVES: ReadonlyMap<string, Algorithm> = new Map([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
  ['secp521r1', 'ES512'],
]);

export function isAlgorithm(name: unknown): name is Algorithm {
  return typeof name === 'string' && JOSE_ALGORITHMS.has(name);
}

/** The one algorithm a key may sign with: its type and size decide (signature-specification.md, Algorithm Selection). Throws `unsupported`. */
export function algorithmOf(key: KeyObject): Algorithm {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  const algorithm =
    key.asymmetricKeyType === 'rsa'
      ? RSA_SIZES.get(modulusLength)
      : key.asymmetricKeyType === 'ec'
        ? CURVES.get(namedCurve)
        : undefined;
  if (algorithm === undefined) {
    throw new NotationError(
      'unsupported',
      `a ${key.asymmetricKeyType} key of ${namedCurve || modulusLength} may not sign`,
    );
  }
  return algorithm;
}

/** Whether `signature` is one of the key over `data`; ECDSA as r and s side by side, PSS with a salt as long as the hash (RFC 7518 sections 3.4 and 3.5). */
export function verifyWithAlgorithm(
  algorithm: Algorithm,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const options = algorithm.startsWith('PS')
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { key, dsaEncoding: 'ieee-p1363' as const };
  try {
    return verify(HASHES[algorithm], data, options, signature);
  } catch {
    // OpenSSL reports a signature of an impossible form as an error: it is no signature of this key.
    return false;
  }
}
