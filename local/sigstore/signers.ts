import { createHash } from 'node:crypto';
import { generateEcKey, type KeyPair } from './certificates.ts';
import type { Identity } from './fulcio.ts';

/** A long-lived key, as `cosign generate-key-pair` makes them (P-256). */
export interface SigningKey {
  readonly keys: KeyPair;
  /** SPKI, PEM: what a trust policy pins. */
  readonly publicKeyPem: string;
  /** The hint cosign writes into bundles: SHA-256 of the SPKI, base64. */
  readonly hint: string;
}

/** Who signs: an identity gets a certificate for the occasion, a key signs as it is. */
export type Signer = Identity | SigningKey;

export function createSigningKey(): SigningKey {
  const keys = generateEcKey();
  return {
    keys,
    publicKeyPem: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    hint: createHash('sha256').update(keys.spki).digest('base64'),
  };
}

export function isSigningKey(signer: Signer): signer is SigningKey {
  return 'keys' in signer;
}
