import type { Digest } from '../digest.ts';
import type { SignatureCandidate } from '../signature/candidate.ts';
import type { Check, SignedContent } from '../signature/outcome.ts';
import { PROVENANCE_TYPES } from './provenance/provenance.ts';
import { SUMMARY_TYPE } from './provenance/summary.ts';
import type { Attestation, Leaf } from './requirement.ts';
import type { Signer } from './signer.ts';

/** The predicate type of a cosign image signature in bundle form (cosign v3). */
export const SIGN_PREDICATE = 'https://sigstore.dev/cosign/sign/v1';
/** `critical.type` of a cosign simple-signing payload (cosign specs/SIGNATURE_SPEC.md). */
const SIMPLE_SIGNING_TYPE = 'cosign container image signature';

/** A `.sig` layer can only be a signature and an `.att` layer only an attestation; a bundle tells by its content. Notary Project signatures are for their signers alone. */
export function mayFulfil(candidate: SignatureCandidate, leaf: Leaf, signer: Signer): boolean {
  if ('notation' in signer !== (candidate.format === 'notation')) return false;
  switch (candidate.format) {
    case 'bundle':
      return true;
    case 'simple-signing':
      return 'signedBy' in leaf;
    case 'dsse':
      return 'attestedBy' in leaf;
    case 'notation':
      return 'signedBy' in leaf;
  }
}

/** Whether what was signed makes the claim that the leaf asks for. `other`: it is a claim of another kind, so it says nothing about this leaf. */
export function matchClaim(content: SignedContent, leaf: Leaf): Check | 'other' {
  if ('attestedBy' in leaf) {
    if (content.kind !== 'statement' || !listPredicateTypes(leaf).includes(content.predicateType)) return 'other';
    return { check: 'statement', result: 'passed', detail: `predicate type is ${content.predicateType}` };
  }
  switch (content.kind) {
    case 'statement':
      if (content.predicateType !== SIGN_PREDICATE) return 'other';
      return { check: 'statement', result: 'passed', detail: `predicate type is ${SIGN_PREDICATE}` };
    case 'simple-signing':
      return content.type === SIMPLE_SIGNING_TYPE
        ? { check: 'statement', result: 'passed', detail: `payload type is "${SIMPLE_SIGNING_TYPE}"` }
        : { check: 'statement', result: 'failed', detail: 'the payload is not a cosign container image signature' };
    case 'descriptor':
      return { check: 'statement', result: 'passed', detail: 'a Notary Project payload' };
    case 'message':
      // It says neither what kind of thing it signs nor for what purpose, so no policy can mean it.
      return { check: 'statement', result: 'failed', detail: 'a signature over bare bytes says nothing of an image' };
  }
}

/** What an attestation is asked for, in words. */
export function describeClaim({ predicateType, summary }: Attestation): string {
  return predicateType ?? (summary === undefined ? 'provenance' : 'verification summary');
}

/** The predicate types that a statement may have to be what a leaf asks for. */
export function listPredicateTypes(leaf: Leaf): readonly string[] {
  if ('signedBy' in leaf) return [SIGN_PREDICATE];
  if (leaf.predicateType !== undefined) return [leaf.predicateType];
  return leaf.summary === undefined ? PROVENANCE_TYPES : [SUMMARY_TYPE];
}

/** Whether what was signed names exactly this image. */
export function matchSubject(content: SignedContent, digest: Digest): Check {
  const named = subjectsOf(content);
  return named.includes(digest)
    ? { check: 'subject', result: 'passed', detail: `signed for ${digest}` }
    : {
        check: 'subject',
        result: 'failed',
        detail: `signed for ${named[0]?.slice(0, 80) ?? 'nothing'}, not for ${digest}`,
      };
}

function subjectsOf(content: SignedContent): readonly string[] {
  switch (content.kind) {
    case 'statement':
      return content.subjects.map(({ algorithm, value }) => `${algorithm}:${value}`);
    case 'simple-signing':
      return [content.manifestDigest];
    case 'descriptor':
      return [content.digest];
    case 'message':
      return [];
  }
}
