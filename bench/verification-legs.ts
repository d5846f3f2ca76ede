import { hexOf } from '../lambdas/core/digest.ts';
import { findSignatures } from '../lambdas/core/images/find-signatures.ts';
import { LIMITS } from '../lambdas/core/images/source.ts';
import { githubWorkflow } from '../local/sigstore/fulcio.ts';
import { type Artifact, buildBundleReferrer, buildImage, buildSignatureManifest } from '../local/sigstore/images.ts';
import { createPrivateSigstore } from '../local/sigstore/private-sigstore.ts';
import { COSIGN_SIGN_PREDICATE } from '../local/sigstore/statements.ts';
import { countingSource } from '../test/support/counting-source.ts';
import { memorySource } from '../test/support/memory-source.ts';
import type { Row, Section } from './section.ts';

const NAME = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/acme/app';

/** Round trips to AWS that follow one another until everything is there that a verdict needs. Counted, not timed. */
export async function countVerificationLegs(): Promise<Section> {
  const sigstore = createPrivateSigstore({ now: () => Date.now() });
  const signer = githubWorkflow('acme/app');
  const image = buildImage('an image');
  const sig = buildSignatureManifest([sigstore.signLegacy(image.digest, NAME, signer)]);
  const described = { predicateType: COSIGN_SIGN_PREDICATE, created: '2026-01-01T00:00:00Z' };
  const referrersOf = (count: number) =>
    Array.from({ length: count }, () =>
      buildBundleReferrer(image, sigstore.signImageBundle(image.digest, signer), described),
    );
  return {
    title: 'Sequential round trips for one image',
    columns: ['image', 'legs', 'signatures found'],
    rows: [
      await countLegs('bundle, 1 referrer', 4, image, referrersOf(1)),
      await countLegs('bundle, 20 referrers', 4, image, referrersOf(20)),
      await countLegs('legacy .sig', 1, image, [], sig),
    ],
  };
}

async function countLegs(
  name: string,
  goal: number,
  image: Artifact,
  referrers: readonly Artifact[],
  sig?: Artifact,
): Promise<Row> {
  const source = countingSource(
    memorySource({
      name: NAME,
      artifacts: [image, ...referrers, ...(sig === undefined ? [] : [sig])],
      referrers: referrers.map(({ digest }) => digest),
      ...(sig !== undefined && { tags: { [`sha256-${hexOf(image.digest)}.sig`]: sig.digest } }),
    }),
  );
  const found = await findSignatures(source, image.digest, LIMITS);
  if (found.state !== 'found') throw new Error(`nothing was found for ${name}`);
  const signatures = found.candidates.length;
  const met = source.legs <= goal && signatures === Math.max(1, referrers.length);
  return { cells: [name, String(source.legs), String(signatures)], goal: `<= ${goal}`, met };
}
