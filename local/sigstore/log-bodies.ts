import { createHash } from 'node:crypto';
import { toPem } from './certificates.ts';
import type { Envelope } from './statements.ts';

/** The key or certificate that a log entry names, DER. Empty bytes stand for an entry that names none. */
export type LoggedVerifier =
  | { readonly kind: 'certificate'; readonly der: Buffer }
  | { readonly kind: 'key'; readonly der: Buffer }
  | { readonly kind: 'none' };

export interface LogBody {
  readonly kind: string;
  readonly apiVersion: string;
  readonly spec: unknown;
}

/** Rekor v2 `hashedrekord` 0.0.2 over bytes that were signed: the pre-authentication encoding of an envelope, or a payload itself. */
export function describeHashedRekordV2(signed: Uint8Array, signature: Buffer, verifier: LoggedVerifier): LogBody {
  return {
    apiVersion: '0.0.2',
    kind: 'hashedrekord',
    spec: {
      hashedRekordV002: {
        data: { algorithm: 'SHA2_256', digest: sha256(signed).toString('base64') },
        signature: {
          content: signature.toString('base64'),
          verifier: {
            keyDetails: 'PKIX_ECDSA_P256_SHA_256',
            ...(verifier.kind === 'certificate'
              ? { x509Certificate: { rawBytes: verifier.der.toString('base64') } }
              : {}),
            ...(verifier.kind === 'key' ? { publicKey: { rawBytes: verifier.der.toString('base64') } } : {}),
          },
        },
      },
    },
  };
}

/** Rekor v1 `hashedrekord` 0.0.1 over a legacy payload. */
export function describeHashedRekordV1(signed: Uint8Array, signature: Buffer, verifier: LoggedVerifier): LogBody {
  return {
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: { hash: { algorithm: 'sha256', value: sha256(signed).toString('hex') } },
      signature: { content: signature.toString('base64'), publicKey: { content: pemOf(verifier) } },
    },
  };
}

/** Rekor v1 `dsse` 0.0.1 over an envelope. */
export function describeDsseV1(envelope: Envelope, payload: Uint8Array, verifier: LoggedVerifier): LogBody {
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: { algorithm: 'sha256', value: sha256(Buffer.from(JSON.stringify(envelope))).toString('hex') },
      payloadHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
      signatures: envelope.signatures.map(({ sig }) => ({ signature: sig, verifier: pemOf(verifier) })),
    },
  };
}

function pemOf(verifier: LoggedVerifier): string {
  switch (verifier.kind) {
    case 'none':
      return '';
    case 'certificate':
      return Buffer.from(toPem(verifier.der)).toString('base64');
    case 'key': {
      const lines = verifier.der.toString('base64').match(/.{1,64}/g) ?? [];
      return Buffer.from(`-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`).toString(
        'base64',
      );
    }
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
