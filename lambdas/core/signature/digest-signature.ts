import type { KeyObject } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { SignatureError } from './errors.ts';

/**
 * Whether a P-256 signature is one over a message of which only the sha256 is known. OpenSSL's interface in Node has no such call, hence the library.
 * Throws `unsupported` for other keys.
 */
export function verifyDigestWithKey(key: KeyObject, sha256: Uint8Array, signature: Uint8Array): boolean {
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new SignatureError('unsupported', 'with this key the artifact itself is needed, its digest does not suffice');
  }
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const point = Buffer.concat([Uint8Array.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  try {
    return p256.verify(signature, sha256, point, { prehash: false, lowS: false, format: 'der' });
  } catch {
    // A signature that does not parse is no signature of this key.
    return false;
  }
}
