import type { Digest } from '../../lambdas/core/digest.ts';
import { createServices } from './services.ts';
import { type ArtifactBundleJson, signArtifact } from './sign-artifact.ts';
import { type BundleJson, type BundleOptions, signBundle } from './sign-bundle.ts';
import { attestLegacy, type LegacyLayer, signLegacy } from './sign-legacy.ts';
import type { Signer } from './signers.ts';
import { OTHER_DIGEST, type SigningOptions } from './signing-options.ts';
import { describeAttestation, describeImageSignature } from './statements.ts';
import type { TrustedRootJson } from './trusted-root.ts';

export type { ArtifactBundleJson } from './sign-artifact.ts';
export { BUNDLE_MEDIA_TYPE, type BundleJson } from './sign-bundle.ts';
export type { LegacyLayer } from './sign-legacy.ts';
export type { SigningOptions } from './signing-options.ts';

/** A Sigstore of our own, in memory: certificate authority, certificate log, transparency logs v1 and v2, timestamp authority. */
export interface PrivateSigstore {
  /** The trusted_root.json that makes a verifier trust this Sigstore and no other. */
  trustedRoot(): TrustedRootJson;
  /** What `cosign sign` attaches as a referrer. */
  signImageBundle(digest: Digest, signer: Signer, options?: SigningOptions): BundleJson;
  /** What `cosign attest` attaches as a referrer. */
  attest(
    digest: Digest,
    predicateType: string,
    predicate: unknown,
    signer: Signer,
    options?: SigningOptions,
  ): BundleJson;
  /** Signs any payload as a DSSE envelope in a bundle. */
  signPayload(payload: Buffer, signer: Signer, options?: BundleOptions): BundleJson;
  /** Signs the bytes of a file, as `cosign sign-blob` does. */
  signArtifact(bytes: Buffer, signer: Signer, options?: SigningOptions): ArtifactBundleJson;
  /** The layer of a legacy `.sig` manifest; `reference` is the repository as `cosign sign` was given it. */
  signLegacy(digest: Digest, reference: string, signer: Signer, options?: SigningOptions): LegacyLayer;
  /** The layer of a legacy `.att` manifest. */
  attestLegacy(
    digest: Digest,
    predicateType: string,
    predicate: unknown,
    signer: Signer,
    options?: SigningOptions,
  ): LegacyLayer;
}

/** Creates one, trusted from an hour before `now()` (Unix milliseconds) on; every signature is made at `now()`. Keys are random. */
export function createPrivateSigstore({ now }: { readonly now: () => number }): PrivateSigstore {
  const services = createServices(now);
  const subjectOf = (digest: Digest, options: SigningOptions | undefined) =>
    options?.flaws?.wrongSubject ? OTHER_DIGEST : digest;
  return {
    trustedRoot: services.trustedRoot,
    signPayload: (payload, signer, options) => signBundle(services, payload, signer, options),
    signArtifact: (bytes, signer, options) => signArtifact(services, bytes, signer, options),
    signImageBundle: (digest, signer, options) =>
      signBundle(services, describeImageSignature(subjectOf(digest, options)), signer, options),
    attest: (digest, predicateType, predicate, signer, options) => {
      const payload = describeAttestation(subjectOf(digest, options), predicateType, predicate, 'acme/app');
      return signBundle(services, payload, signer, options);
    },
    signLegacy: (digest, reference, signer, options) => signLegacy(services, digest, reference, signer, options),
    attestLegacy: (digest, predicateType, predicate, signer, options) =>
      attestLegacy(services, digest, { predicateType, predicate }, signer, options),
  };
}
