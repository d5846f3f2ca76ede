import type { Digest } from '../../lambdas/core/digest.ts';
import type { Reason } from '../../lambdas/core/errors.ts';
import { inferManifestType } from '../../lambdas/core/images/manifest.ts';
import { LIMITS } from '../../lambdas/core/images/source.ts';
import { verifyNotation } from '../../lambdas/core/images/verify-notation.ts';
import type { NotationCandidate } from '../../lambdas/core/signature/candidate.ts';
import { parseEnvelope } from '../../lambdas/core/signature/notation/envelope.ts';
import { asNotationError } from '../../lambdas/core/signature/notation/errors.ts';
import { type ArtifactDescriptor, readPayload } from '../../lambdas/core/signature/notation/payload.ts';
import { evaluateTrust } from '../../lambdas/core/trust/evaluate.ts';
import type { TrustMaterial } from '../../lambdas/core/trust/material.ts';
import type { Io } from '../commands/command.ts';
import { type Result, undecided } from '../output/result.ts';
import { isMaterial } from '../trust/choose-trust.ts';
import { notationPorts } from './notation-ports.ts';
import type { Target } from './signed-file.ts';

/** Judges one Notary Project signature envelope over one manifest by the statement of Notation's trust policy that is for its repository. */
export async function judgeEnvelope(
  envelope: Uint8Array,
  { digest, artifact }: Target,
  material: TrustMaterial | Reason,
  io: Io,
): Promise<Result> {
  if (!isMaterial(material)) return { ...undecided(material, digest), verdict: 'ignored' };
  const mediaType = envelope[0] === 0x7b ? 'application/jose+json' : 'application/cose';
  const candidate: NotationCandidate = { format: 'notation', origin: { kind: 'file' }, mediaType, envelope };
  const manifest = describeManifest(candidate, digest, artifact);
  const outcomes = await verifyNotation(
    [candidate],
    material.verifiers.values(),
    manifest,
    (io.clock ?? Date.now)(),
    notationPorts(io),
  );
  const unknown = { ok: false, code: 'wrong-material', message: 'a signature of another kind', checks: [] } as const;
  const decision = evaluateTrust({ repository: '', digest, candidates: [candidate] }, material, (_, verifier) =>
    verifier.kind === 'notation' ? (outcomes.get(candidate)?.get(verifier) ?? unknown) : unknown,
  );
  if (decision === undefined) throw new TypeError('no statement came of the folder');
  return { digest, ...decision };
}

/** Of a digest alone, size and media type are what the envelope says: who knows the digest knows what they are of. */
function describeManifest(
  { envelope, mediaType }: NotationCandidate,
  digest: Digest,
  artifact: Target['artifact'],
): ArtifactDescriptor {
  const nothing = { mediaType: '', digest, size: 0 };
  if ('bytes' in artifact) {
    const size = artifact.bytes.length;
    return { mediaType: inferManifestType(artifact.bytes, LIMITS) ?? '', digest, size };
  }
  try {
    return { ...readPayload(parseEnvelope(envelope, mediaType).payload), digest };
  } catch (thrown) {
    // It will be refused, and told why, where it is verified.
    asNotationError(thrown, 'malformed');
    return nothing;
  }
}
