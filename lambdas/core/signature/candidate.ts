import type { Digest } from '../digest.ts';

/** Where a candidate was found, for the evidence. `manifest` is absent for material that came from a file. */
export interface Origin {
  readonly kind: 'referrer' | 'sig-tag' | 'att-tag' | 'fallback-tag' | 'file';
  readonly manifest?: Digest;
  readonly blob?: Digest;
  /** The tag under which the manifest was found, where there was one. */
  readonly tag?: string;
}

/** What cosign writes beside a legacy signature or attestation layer (cosign specs/SIGNATURE_SPEC.md). All fields are hostile text. */
export interface CosignAnnotations {
  /** `dev.cosignproject.cosign/signature`: base64. Absent or empty on attestations. */
  readonly signature?: string;
  /** `dev.sigstore.cosign/certificate`: PEM. */
  readonly certificate?: string;
  /** `dev.sigstore.cosign/chain`: PEM, intermediates and root. */
  readonly chain?: string;
  /** `dev.sigstore.cosign/bundle`: JSON of a Rekor v1 entry with its SET. */
  readonly bundle?: string;
  /** `dev.sigstore.cosign/rfc3161timestamp`: JSON `{SignedRFC3161Timestamp: base64}`. */
  readonly rfc3161timestamp?: string;
}

/**
 * Something that claims to be a signature, as found: bytes already checked against their digest, not yet verified and not yet parsed.
 * - `bundle`: a Sigstore bundle (v0.1 to v0.3, JSON).
 * - `simple-signing`: a cosign `.sig` layer; `payload` is the layer.
 * - `dsse`: a cosign `.att` layer; `envelope` is the layer (a DSSE envelope, JSON).
 * - `notation`: a Notary Project envelope, JWS or COSE by its media type.
 */
export type SignatureCandidate = SigstoreCandidate | NotationCandidate;

export type SigstoreCandidate =
  | { readonly format: 'bundle'; readonly origin: Origin; readonly bytes: Uint8Array }
  | {
      readonly format: 'simple-signing';
      readonly origin: Origin;
      readonly payload: Uint8Array;
      readonly annotations: CosignAnnotations;
    }
  | {
      readonly format: 'dsse';
      readonly origin: Origin;
      readonly envelope: Uint8Array;
      readonly annotations: CosignAnnotations;
    };

export interface NotationCandidate {
  readonly format: 'notation';
  readonly origin: Origin;
  readonly mediaType: string;
  readonly envelope: Uint8Array;
}
