import { digestOf } from '../../lambdas/core/digest.ts';
import type { SigstoreCandidate } from '../../lambdas/core/signature/candidate.ts';
import type { SignatureOutcome } from '../../lambdas/core/signature/outcome.ts';
import { parseTrustRoot } from '../../lambdas/core/signature/trust-root.ts';
import type { Verifier } from '../../lambdas/core/signature/verifier.ts';
import { verifySignature } from '../../lambdas/core/signature/verify-signature.ts';
import { githubWorkflow } from '../../local/sigstore/fulcio.ts';
import {
  createPrivateSigstore,
  type LegacyLayer,
  type PrivateSigstore,
} from '../../local/sigstore/private-sigstore.ts';
import type { TrustedRootJson } from '../../local/sigstore/trusted-root.ts';

export const NOW = Date.UTC(2026, 10, 23, 12);
export const IMAGE = digestOf('an image');
export const ARTIFACT = Buffer.from('an artifact');
export const RELEASE = githubWorkflow('acme/app');

/** A private Sigstore, and our engine set up to trust it and to demand everything. */
export interface Bench {
  readonly sigstore: PrivateSigstore;
  readonly keyless: Extract<Verifier, { kind: 'certificate' }>;
  /** Verifies a bundle over the image, or over `ARTIFACT` where it holds a message signature. */
  verify(bundle: unknown, verifier?: Verifier): SignatureOutcome;
  verifyLayer(layer: LegacyLayer, format: 'simple-signing' | 'dsse', verifier?: Verifier): SignatureOutcome;
  /** As `keyless`, with something changed about the trusted root. */
  trusting(change: (root: TrustedRootJson) => unknown): Extract<Verifier, { kind: 'certificate' }>;
}

export function setUpEngine(): Bench {
  const sigstore = createPrivateSigstore({ now: () => NOW });
  const trusting = (change: (root: TrustedRootJson) => unknown) =>
    ({
      kind: 'certificate',
      root: parseTrustRoot(JSON.parse(JSON.stringify(change(sigstore.trustedRoot())))),
      log: 'required',
      certificateTimestamp: 'required',
    }) as const;
  const keyless = trusting((root) => root);
  const run = (candidate: SigstoreCandidate, verifier: Verifier, message: boolean) =>
    verifySignature(candidate, verifier, message ? { artifact: { bytes: ARTIFACT } } : {});
  return {
    sigstore,
    keyless,
    trusting,
    verify: (bundle, verifier = keyless) => {
      const text = JSON.stringify(bundle);
      const candidate = { format: 'bundle', origin: { kind: 'referrer' }, bytes: Buffer.from(text) } as const;
      return run(candidate, verifier, text.includes('"messageSignature"'));
    },
    verifyLayer: ({ bytes, annotations }, format, verifier = keyless) =>
      run(
        format === 'dsse'
          ? { format, origin: { kind: 'att-tag' }, envelope: bytes, annotations }
          : { format, origin: { kind: 'sig-tag' }, payload: bytes, annotations },
        verifier,
        false,
      ),
  };
}

/** What a refusal said, for one assertion: its code, or `verified`. */
export function codeOf(outcome: SignatureOutcome): string {
  return outcome.ok ? 'verified' : outcome.code;
}
