import { createPublicKey } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { Verifier as Oracle, toSignedEntity, toTrustMaterial } from '@sigstore/verify';
import { parsePublicKeyPem } from '../../lambdas/core/signature/keys.ts';
import type { SignatureOutcome } from '../../lambdas/core/signature/outcome.ts';
import { parseTrustRoot } from '../../lambdas/core/signature/trust-root.ts';
import type { Verifier } from '../../lambdas/core/signature/verifier.ts';
import { verifySignature } from '../../lambdas/core/signature/verify-signature.ts';
import type { BundleCase } from './bundle-cases.ts';

/** Our verdict and that of @sigstore/verify, prepared for one trusted root and key: both demand a log entry, and of certificates an SCT. */
export interface Judges {
  ours(bundle: Uint8Array): SignatureOutcome;
  /** Undefined where the oracle accepts, else what it said. */
  theirs(bundle: Uint8Array): string | undefined;
}

/** Throws where our parser refuses the root: then there is nothing to compare. */
export function prepareJudges({ root: json, key, artifact }: Omit<BundleCase, 'bundle'>): Judges {
  const root = parseTrustRoot(json);
  const verifier: Verifier =
    key === undefined
      ? { kind: 'certificate', root, log: 'required', certificateTimestamp: 'required' }
      : { kind: 'key', key: parsePublicKeyPem(key), log: 'required', root };
  const keys = () => {
    if (key === undefined) throw new Error('no key is trusted');
    return { publicKey: createPublicKey(key), validFor: () => true };
  };
  // A key does not expire, so its signatures need no trusted time.
  const timestampThreshold = key === undefined ? 1 : 0;
  const thresholds = { ctlogThreshold: 1, tlogThreshold: 1, timestampThreshold };
  const oracle = new Oracle(toTrustMaterial(TrustedRoot.fromJSON(json), keys), thresholds);
  return {
    ours: (bytes) =>
      verifySignature(
        { format: 'bundle', origin: { kind: 'file' }, bytes },
        verifier,
        artifact === undefined ? {} : { artifact: { bytes: artifact } },
      ),
    theirs: (bytes) => {
      try {
        oracle.verify(toSignedEntity(bundleFromJSON(JSON.parse(Buffer.from(bytes).toString())), artifact));
        return undefined;
      } catch (thrown) {
        return String(thrown);
      }
    },
  };
}
