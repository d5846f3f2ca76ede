import { type Digest, hexOf } from '../../lambdas/core/digest.ts';

/** What cosign puts under a signature, byte for byte in its order of members. */

export const COSIGN_SIGN_PREDICATE = 'https://sigstore.dev/cosign/sign/v1';
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** A DSSE envelope in JSON (secure-systems-lab/dsse envelope.md), as Rekor hashes it. */
export interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly sig: string }[];
}

/** The statement of `cosign sign`: that the image is signed, nothing more. */
export function describeImageSignature(digest: Digest): Buffer {
  return Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ digest: { sha256: hexOf(digest) }, annotations: {} }],
      predicateType: COSIGN_SIGN_PREDICATE,
      predicate: {},
    }),
  );
}

/** The statement of `cosign attest`, which still writes version 0.1. */
export function describeAttestation(digest: Digest, predicateType: string, predicate: unknown, name: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v0.1',
      subject: [{ name, digest: { sha256: hexOf(digest) } }],
      predicateType,
      predicate,
    }),
  );
}

/** The simple-signing payload of a legacy `.sig` layer (cosign specs/SIGNATURE_SPEC.md). */
export function describeSimpleSigning(digest: Digest, reference: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': reference },
        image: { 'docker-manifest-digest': digest },
        type: 'cosign container image signature',
      },
      optional: null,
    }),
  );
}

/** The bytes that a DSSE signature covers (dsse protocol.md, PAE). */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

export function seal(payload: Buffer, payloadType: string, signature: Buffer): Envelope {
  return { payload: payload.toString('base64'), payloadType, signatures: [{ sig: signature.toString('base64') }] };
}
