import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { Verifier as Peer, toSignedEntity, toTrustMaterial } from '@sigstore/verify';
import { digestOf } from '../lambdas/core/digest.ts';
import type { SignatureCandidate } from '../lambdas/core/signature/candidate.ts';
import { parseTrustRoot } from '../lambdas/core/signature/trust-root.ts';
import type { Verifier } from '../lambdas/core/signature/verifier.ts';
import { verifySignature } from '../lambdas/core/signature/verify-signature.ts';
import { githubWorkflow } from '../local/sigstore/fulcio.ts';
import { createPrivateSigstore } from '../local/sigstore/private-sigstore.ts';
import { measureInTurns, recordSignatureChecks } from './measure.ts';
import type { Section } from './section.ts';

const ROUNDS = { rounds: 15, batch: 20 };

/** How long a full verification takes, against its bare signature checks and against @sigstore/verify on the same bundle. */
export function measureVerificationSpeed(): Section {
  const sigstore = createPrivateSigstore({ now: () => Date.now() });
  const json: unknown = JSON.parse(JSON.stringify(sigstore.trustedRoot()));
  const root = parseTrustRoot(json);
  const peer = new Peer(toTrustMaterial(TrustedRoot.fromJSON(json)), { ctlogThreshold: 1, tlogThreshold: 1 });
  const keyless: Verifier = { kind: 'certificate', root, log: 'required', certificateTimestamp: 'required' };
  const signer = githubWorkflow('acme/app');
  const artifact = Buffer.from('an artifact');
  const image = digestOf('an image');
  // A log of one entry has an empty proof; real ones have long ones.
  for (let entry = 0; entry < 200; entry += 1) {
    for (const log of ['v1', 'v2'] as const) sigstore.signArtifact(artifact, signer, { log, timestamp: false });
  }
  const cases = [
    {
      name: 'v0.3 message, Rekor v1',
      goal: 8,
      bundle: sigstore.signArtifact(artifact, signer, { log: 'v1' }),
      artifact,
    },
    { name: 'v0.3 DSSE, Rekor v1', goal: 5, bundle: sigstore.signImageBundle(image, signer, { log: 'v1' }) },
    { name: 'v0.3 message, Rekor v2 + TSA', goal: 5, bundle: sigstore.signArtifact(artifact, signer), artifact },
    { name: 'v0.3 DSSE, Rekor v2 + TSA', goal: 5, bundle: sigstore.signImageBundle(image, signer) },
  ];
  const rows = cases.map(({ name, goal, bundle, artifact: bytes }) => {
    const text = Buffer.from(JSON.stringify(bundle));
    const candidate: SignatureCandidate = { format: 'bundle', origin: { kind: 'file' }, bytes: text };
    const ours = () => {
      const outcome = verifySignature(candidate, keyless, bytes === undefined ? {} : { artifact: { bytes } });
      if (!outcome.ok) throw new Error(outcome.message);
    };
    const theirs = () => {
      peer.verify(toSignedEntity(bundleFromJSON(JSON.parse(text.toString())), bytes));
    };
    const { count, verify, importAndVerify } = recordSignatureChecks(ours);
    const times = measureInTurns({ ours, bare: verify, bareWithKey: importAndVerify, theirs }, ROUNDS);
    return {
      cells: [
        name,
        String(count),
        `${times.bare.toFixed(3)} ms`,
        `${times.ours.toFixed(3)} ms`,
        `${times.theirs.toFixed(2)} ms`,
        `${(times.ours / times.bare).toFixed(2)}x`,
        `${(times.ours / times.bareWithKey).toFixed(2)}x`,
        `${(times.theirs / times.ours).toFixed(1)}x`,
      ],
      met: times.ours / times.bare <= 1.3 && times.theirs / times.ours >= goal,
      goal: `<= 1.3x, >= ${goal}x`,
    };
  });
  return {
    title: 'Verification of one bundle, warm',
    columns: [
      'bundle',
      'checks',
      'bare checks',
      'countersign',
      '@sigstore/verify',
      'over bare',
      'over bare with key import',
      'faster than peer',
    ],
    rows,
  };
}
