import type { Digest } from '../../lambdas/core/digest.ts';
import type { Reason } from '../../lambdas/core/errors.ts';
import { inferManifestType } from '../../lambdas/core/images/manifest.ts';
import { LIMITS } from '../../lambdas/core/images/source.ts';
import { verifyNotation } from '../../lambdas/core/images/verify-notation.ts';
import type { NotationCandidate, SignatureCandidate } from '../../lambdas/core/signature/candidate.ts';
import { parseEnvelope } from '../../lambdas/core/signature/notation/envelope.ts';
import { asNotationError } from '../../lambdas/core/signature/notation/errors.ts';
import { type ArtifactDescriptor, readPayload } from '../../lambdas/core/signature/notation/payload.ts';
import { verifySignature } from '../../lambdas/core/signature/verify-signature.ts';
import { evaluateTrust } from '../../lambdas/core/trust/evaluate.ts';
import type { TrustMaterial } from '../../lambdas/core/trust/material.ts';
import type { Io } from '../commands/command.ts';
import { type Result, undecided } from '../output/result.ts';
import { isMaterial } from '../trust/choose-trust.ts';
import { notationPorts } from './notation-ports.ts';

/** The image that a signature in a file is judged for. */
export interface FileSubject {
  readonly digest: Digest;
  /** Its manifest, where it is at hand. */
  readonly manifest?: Uint8Array;
  /** The repository by which trust judges. */
  readonly repository: string;
}

/** Judges one Sigstore bundle or Notary Project envelope as if it were attached to an image, and nothing else were. */
export async function judgeCandidateFile(
  bytes: Uint8Array,
  { digest, manifest, repository }: FileSubject,
  material: TrustMaterial | Reason,
  io: Io,
): Promise<Result> {
  if (!isMaterial(material)) return { ...undecided(material, digest), verdict: 'ignored' };
  const now = (io.clock ?? Date.now)();
  const candidate = readCandidate(bytes);
  const described =
    candidate.format === 'notation'
      ? describeManifest(candidate, digest, manifest)
      : { mediaType: '', digest, size: 0 };
  const outcomes = await verifyNotation([candidate], material.verifiers.values(), described, now, notationPorts(io));
  const decision = evaluateTrust({ repository, digest, candidates: [candidate], now }, material, (one, verifier) => {
    if (one.format !== 'notation' && verifier.kind !== 'notation') return verifySignature(one, verifier);
    const outcome =
      one.format === 'notation' && verifier.kind === 'notation' ? outcomes.get(one)?.get(verifier) : undefined;
    return outcome ?? { ok: false, code: 'wrong-material', message: 'a signature of another kind', checks: [] };
  });
  if (decision !== undefined) return { digest, ...decision };
  const message = 'No image policy names this repository: nothing was verified.';
  return { ...undecided({ code: 'no-policy', message }, digest), verdict: 'ignored' };
}

/** A JSON object with a protected header is JWS, another one a bundle; what is no JSON is COSE. */
function readCandidate(bytes: Uint8Array): SignatureCandidate {
  const origin = { kind: 'file' } as const;
  const text = Buffer.from(bytes).toString('utf8').trimStart();
  if (!text.startsWith('{')) return { format: 'notation', origin, mediaType: 'application/cose', envelope: bytes };
  if (!/"protected"\s*:/.test(text)) return { format: 'bundle', origin, bytes };
  return { format: 'notation', origin, mediaType: 'application/jose+json', envelope: bytes };
}

/** Of a digest alone, size and media type are what the envelope says: who knows the digest knows what they are of. */
function describeManifest(
  { envelope, mediaType }: NotationCandidate,
  digest: Digest,
  manifest: Uint8Array | undefined,
): ArtifactDescriptor {
  if (manifest !== undefined) {
    return { mediaType: inferManifestType(manifest, LIMITS) ?? '', digest, size: manifest.length };
  }
  try {
    return { ...readPayload(parseEnvelope(envelope, mediaType).payload), digest };
  } catch (thrown) {
    // It will be refused, and told why, where it is verified.
    asNotationError(thrown, 'malformed');
    return { mediaType: '', digest, size: 0 };
  }
}
