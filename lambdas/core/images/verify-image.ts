import type { Digest } from '../digest.ts';
import type { Reason } from '../errors.ts';
import { verifySignature } from '../signature/verify-signature.ts';
import { evaluateTrust } from '../trust/evaluate.ts';
import type { Decision } from '../trust/evidence.ts';
import type { Verify } from '../trust/judge-candidate.ts';
import { findImagePolicy, isIgnored } from '../trust/match-repository.ts';
import type { TrustMaterial } from '../trust/material.ts';
import type { Found, KnownManifest } from './candidates.ts';
import { type Container, coverByContainers } from './containment.ts';
import { findSignatures } from './find-signatures.ts';
import type { ArtifactSource, Limits } from './source.ts';
import { type NotationPorts, verifyNotation } from './verify-notation.ts';

/** What was seen when an image was looked at. */
export type Observation =
  | {
      readonly kind: 'decided';
      readonly decision: Decision;
      /** The images that it lists, where it is an index whose verdict covers them. */
      readonly children?: readonly Digest[];
      /** What was read of its manifest. Absent where it is malformed. */
      readonly manifest?: KnownManifest;
    }
  /** No policy names the repository, and the trust policy ignores such. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'gone' }
  /** It could not be decided now: throttled, denied, no usable trust material. Says nothing about the image. */
  | { readonly kind: 'undecided'; readonly reason: Reason };

export interface ImageToVerify {
  readonly source: ArtifactSource;
  readonly digest: Digest;
  /** Name of the repository as the trust policy's patterns know it. */
  readonly repository: string;
  readonly material: TrustMaterial;
  readonly limits: Limits;
  /** Unix milliseconds; bounds the time of all reads together, and tells which exceptions hold. */
  readonly clock?: () => number;
  /** Of an image in the archive, what was read of its manifest before: see `findSignatures`. */
  readonly known?: KnownManifest | undefined;
  /** The verdicts of the indexes that list the image; asked for only where its own signatures do not suffice. */
  readonly findContainers?: () => Promise<readonly Container[]>;
  /** Whom Notary Project signatures may make us ask. */
  readonly notation?: NotationPorts;
  /** Hash of the policy by which those verdicts must be. */
  readonly policyHash?: string;
}

/** Looks at one image: which policy holds, what is attached to it, and whether that fulfils the policy. Nothing is read for a repository that is ignored. */
export async function verifyImage({
  source,
  digest,
  repository,
  material,
  limits,
  clock,
  known,
  findContainers,
  policyHash,
  notation,
}: ImageToVerify): Promise<Observation> {
  const match = findImagePolicy(material.policy, repository);
  if (match === undefined) {
    return isIgnored(material.policy, repository) ? { kind: 'ignored' } : { kind: 'decided', decision: REFUSED };
  }
  const found = await findSignatures(source, digest, limits, clock, known);
  switch (found.state) {
    case 'gone':
      return { kind: 'gone' };
    case 'unreadable':
      return { kind: 'undecided', reason: found.reason };
    case 'malformed':
      return {
        kind: 'decided',
        decision: { verdict: 'invalid', policy: match.policy.name, evidence: [], reasons: [found.reason] },
      };
    case 'found': {
      const seen = { repository, digest, ...(clock !== undefined && { now: clock() }) };
      const verify = await prepareVerification(found, material, clock, notation);
      const decision = evaluateTrust({ ...found, ...seen }, material, verify) ?? REFUSED;
      const told = { ...decision, reasons: [...decision.reasons, ...found.problems.slice(0, 20).map(toReason)] };
      const { mediaType, size, artifactType } = found.subject;
      const observation = { kind: 'decided', decision: told, manifest: { mediaType, size, artifactType } } as const;
      if (match.policy.platformImages === 'signed') return observation;
      const { children } = found.subject;
      const listing = children === undefined ? observation : { ...observation, children };
      if (decision.verdict === 'verified' || findContainers === undefined || policyHash === undefined) return listing;
      const policyLine = `images[${match.index}].platformImages`;
      // Without a clock no exception holds, neither that of an index.
      const now = clock?.() ?? Number.POSITIVE_INFINITY;
      const terms = { policyHash, policyLine, policy: match.policy.name, now };
      return coverByContainers(listing, await findContainers(), terms);
    }
  }
}

/** Without a clock nothing that depends on time can be accepted: Notary Project signatures are then of the beginning of time. */
async function prepareVerification(
  { candidates, subject }: Extract<Found, { state: 'found' }>,
  { verifiers }: TrustMaterial,
  clock: (() => number) | undefined,
  ports: NotationPorts = {},
): Promise<Verify> {
  const outcomes = await verifyNotation(candidates, verifiers.values(), subject, clock?.() ?? 0, ports);
  return (candidate, verifier) => {
    if (candidate.format !== 'notation' && verifier.kind !== 'notation') return verifySignature(candidate, verifier);
    const outcome =
      candidate.format === 'notation' && verifier.kind === 'notation'
        ? outcomes.get(candidate)?.get(verifier)
        : undefined;
    return outcome ?? { ok: false, code: 'wrong-material', message: 'a signature of another kind', checks: [] };
  };
}

const REFUSED: Decision = {
  verdict: 'invalid',
  policy: null,
  evidence: [],
  reasons: [{ code: 'no-policy', message: 'No policy names this repository, and the trust policy refuses such.' }],
};

/** Bad pieces beside the candidates do not change the verdict, and are told. */
function toReason({ code, message }: Reason): Reason {
  return { code, message };
}
