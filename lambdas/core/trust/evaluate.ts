import type { Digest } from '../digest.ts';
import { hexOf } from '../digest.ts';
import type { Reason } from '../errors.ts';
import type { SignatureCandidate } from '../signature/candidate.ts';
import type { Check, SignatureOutcome, SignedContent } from '../signature/outcome.ts';
import type { Verifier } from '../signature/verifier.ts';
import type { Decision, Evidence } from './evidence.ts';
import { describeSigner, matchIdentity } from './match-identity.ts';
import { findImagePolicy } from './match-repository.ts';
import type { TrustMaterial } from './material.ts';
import type { Requirement } from './policy.ts';

/** The predicate type of a cosign image signature in bundle form (cosign v3). */
export const SIGN_PREDICATE = 'https://sigstore.dev/cosign/sign/v1';
/** `critical.type` of a cosign simple-signing payload (cosign specs/SIGNATURE_SPEC.md). */
const SIMPLE_SIGNING_TYPE = 'cosign container image signature';

/** The engine as the evaluation needs it; passed in so that a test can hold it to one call for each candidate and verifier. */
export type Verify = (candidate: SignatureCandidate, verifier: Verifier) => SignatureOutcome;

/** What is known about one image when its policy is evaluated. */
export interface ImageUnderTrust {
  readonly repository: string;
  readonly digest: Digest;
  readonly candidates: readonly SignatureCandidate[];
  /** Set where signatures may exist that could not be read. */
  readonly incomplete?: Reason;
}

type Outcome = Evidence['outcome'];
type Leaf = Extract<Requirement, { signedBy: string } | { attestedBy: string }>;
interface Branch {
  readonly outcome: Outcome;
  readonly evidence: readonly Evidence[];
}

/**
 * Decides whether an image fulfils the policy of its repository. Every candidate is tried against every requirement it could be for; one bad candidate
 * neither passes nor blocks. `verified` only if the requirement tree is satisfied by verified signatures over exactly this digest. Otherwise: `error` where
 * something unread could have satisfied it, `invalid` where something claims to and does not, `unsigned` where nothing claims to.
 */
export function evaluateTrust(image: ImageUnderTrust, material: TrustMaterial, verify: Verify): Decision | undefined {
  const found = findImagePolicy(material.policy, image.repository);
  if (found === undefined) return undefined;
  const evaluation = new Evaluation(image, material, verify);
  const root = evaluation.evaluate(found.policy.require, `images[${found.index}].require`);
  return {
    verdict: VERDICTS[root.outcome],
    policy: found.policy.name,
    evidence: root.evidence,
    reasons: collectReasons(root, found.policy.name, image),
  };
}

const VERDICTS = { satisfied: 'verified', failed: 'invalid', missing: 'unsigned', error: 'error' } as const;

class Evaluation {
  readonly #image: ImageUnderTrust;
  readonly #material: TrustMaterial;
  readonly #verify: Verify;
  /** One cryptographic verification for each candidate and verifier, however many requirements ask for it. */
  readonly #outcomes = new Map<Verifier, Map<SignatureCandidate, SignatureOutcome>>();

  constructor(image: ImageUnderTrust, material: TrustMaterial, verify: Verify) {
    this.#image = image;
    this.#material = material;
    this.#verify = verify;
  }

  evaluate(requirement: Requirement, line: string): Branch {
    if ('all' in requirement) return this.#combine(requirement.all, requirement.all.length, `${line}.all`);
    if ('any' in requirement) return this.#combine(requirement.any, 1, `${line}.any`);
    if ('atLeast' in requirement) return this.#combine(requirement.of, requirement.atLeast, `${line}.of`);
    return this.#evaluateLeaf(requirement, line);
  }

  #combine(parts: readonly Requirement[], wanted: number, line: string): Branch {
    const branches = parts.map((part, index) => this.evaluate(part, `${line}[${index}]`));
    return { outcome: combineOutcomes(branches, wanted), evidence: branches.flatMap(({ evidence }) => evidence) };
  }

  #evaluateLeaf(leaf: Leaf, policyLine: string): Branch {
    const name = 'signedBy' in leaf ? leaf.signedBy : leaf.attestedBy;
    const requirement = 'signedBy' in leaf ? `signed by ${name}` : `${leaf.predicateType} attested by ${name}`;
    const verifier = this.#material.verifiers.get(name);
    const signer = this.#material.policy.signers[name];
    if (verifier === undefined || signer === undefined) {
      const reason = {
        code: 'unknown-signer',
        message: `The policy names the signer ${name}, which it does not define.`,
      };
      return { outcome: 'error', evidence: [{ policyLine, requirement, outcome: 'error', checks: [], reason }] };
    }
    const evidence = this.#image.candidates
      .map((candidate) => this.#judge(candidate, leaf, verifier, signer, { policyLine, requirement }))
      .filter((line) => line !== undefined);
    if (evidence.some(({ outcome }) => outcome === 'satisfied')) return { outcome: 'satisfied', evidence };
    if (this.#image.incomplete !== undefined) {
      const undecided: Evidence = {
        policyLine,
        requirement,
        outcome: 'error',
        checks: [],
        reason: this.#image.incomplete,
      };
      return { outcome: 'error', evidence: [...evidence, undecided] };
    }
    if (evidence.length > 0) return { outcome: 'failed', evidence };
    const reason = { code: 'no-candidate', message: `Nothing attached to the image claims to be ${requirement}.` };
    return { outcome: 'missing', evidence: [{ policyLine, requirement, outcome: 'missing', checks: [], reason }] };
  }

  /** One line of evidence, or nothing where the candidate does not even claim to be what the leaf asks for. */
  #judge(
    candidate: SignatureCandidate,
    leaf: Leaf,
    verifier: Verifier,
    signer: TrustMaterial['policy']['signers'][string],
    line: { policyLine: string; requirement: string },
  ): Evidence | undefined {
    if (candidate.format === 'unread' || !mayFulfil(candidate, leaf)) return undefined;
    const outcome = this.#outcomeOf(candidate, verifier);
    const base = { ...line, format: candidate.format, origin: candidate.origin };
    if (!outcome.ok) {
      return {
        ...base,
        outcome: 'failed',
        checks: outcome.checks,
        reason: { code: outcome.code, message: outcome.message },
      };
    }
    const claim = matchClaim(outcome.content, leaf);
    if (claim === 'other') return undefined;
    const identity: Check =
      'keyless' in signer
        ? matchIdentity(outcome.signer, signer.keyless)
        : { check: 'identity', result: 'passed', detail: 'signed with the pinned key' };
    const subject = matchSubject(outcome.content, this.#image.digest);
    const checks = [...outcome.checks, identity, claim, subject];
    const failed = checks.find(({ result }) => result === 'failed');
    const described = { ...base, checks, signer: describeSigner(outcome.signer) };
    if (failed === undefined) return { ...described, outcome: 'satisfied' };
    return {
      ...described,
      outcome: 'failed',
      reason: { code: CODES[failed.check] ?? 'bad-signature', message: failed.detail },
    };
  }

  #outcomeOf(candidate: SignatureCandidate, verifier: Verifier): SignatureOutcome {
    const known = this.#outcomes.get(verifier) ?? new Map<SignatureCandidate, SignatureOutcome>();
    this.#outcomes.set(verifier, known);
    const outcome = known.get(candidate) ?? this.#verify(candidate, verifier);
    known.set(candidate, outcome);
    return outcome;
  }
}

const CODES: Partial<Record<Check['check'], string>> = {
  identity: 'identity-mismatch',
  statement: 'wrong-statement',
  subject: 'subject-mismatch',
};

/** A branch needs `wanted` satisfied parts. What could still come or could not be read counts as open, and an open branch is never `satisfied`. */
function combineOutcomes(branches: readonly Branch[], wanted: number): Outcome {
  const count = (outcome: Outcome) => branches.filter((branch) => branch.outcome === outcome).length;
  const satisfied = count('satisfied');
  if (satisfied >= wanted) return 'satisfied';
  if (satisfied + count('error') >= wanted) return 'error';
  if (count('failed') > 0) return 'failed';
  return count('error') > 0 ? 'error' : 'missing';
}

/** A `.sig` layer can only be a signature and an `.att` layer only an attestation; a bundle tells by its content. */
function mayFulfil(candidate: SignatureCandidate, leaf: Leaf): boolean {
  if (candidate.format === 'bundle') return true;
  return 'signedBy' in leaf ? candidate.format === 'simple-signing' : candidate.format === 'dsse';
}

/** Whether what was signed makes the claim that the leaf asks for. `other`: it is a claim of another kind, so it says nothing about this leaf. */
function matchClaim(content: SignedContent, leaf: Leaf): Check | 'other' {
  if ('attestedBy' in leaf) {
    if (content.kind !== 'statement' || content.predicateType !== leaf.predicateType) return 'other';
    return { check: 'statement', result: 'passed', detail: `predicate type is ${leaf.predicateType}` };
  }
  switch (content.kind) {
    case 'statement':
      if (content.predicateType !== SIGN_PREDICATE) return 'other';
      return { check: 'statement', result: 'passed', detail: `predicate type is ${SIGN_PREDICATE}` };
    case 'simple-signing':
      return content.type === SIMPLE_SIGNING_TYPE
        ? { check: 'statement', result: 'passed', detail: `payload type is "${SIMPLE_SIGNING_TYPE}"` }
        : { check: 'statement', result: 'failed', detail: 'the payload is not a cosign container image signature' };
    case 'message':
      return { check: 'statement', result: 'passed', detail: 'a signature over the manifest itself' };
  }
}

function matchSubject(content: SignedContent, digest: Digest): Check {
  const named = subjectsOf(content);
  return named.includes(digest)
    ? { check: 'subject', result: 'passed', detail: `signed for ${digest}` }
    : {
        check: 'subject',
        result: 'failed',
        detail: `signed for ${named[0]?.slice(0, 80) ?? 'nothing'}, the image is ${digest}`,
      };
}

function subjectsOf(content: SignedContent): readonly string[] {
  switch (content.kind) {
    case 'statement':
      return content.subjects.map(({ algorithm, value }) => `${algorithm}:${value}`);
    case 'simple-signing':
      return [content.manifestDigest];
    case 'message':
      return [`${content.digest.algorithm}:${content.digest.value}`];
  }
}

function collectReasons(root: Branch, policy: string, image: ImageUnderTrust): readonly Reason[] {
  if (root.outcome === 'satisfied') {
    return [{ code: 'policy-satisfied', message: `The image fulfils the policy ${policy}.` }];
  }
  const wanted: readonly Outcome[] = root.outcome === 'failed' ? ['failed', 'missing'] : [root.outcome];
  const reasons = root.evidence.filter(({ outcome, reason }) => reason !== undefined && wanted.includes(outcome));
  const unread = image.candidates.find(({ format }) => format === 'unread');
  const notes: Reason[] =
    unread?.format === 'unread'
      ? [
          {
            code: 'unread-format',
            message: `A signature of type ${unread.mediaType.slice(0, 100)} is attached; the policy names no signer for it.`,
          },
        ]
      : [];
  return distinct([...reasons.flatMap(({ reason }) => reason ?? []), ...notes]);
}

function distinct(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map((reason) => [`${reason.code}\n${reason.message}`, reason])).values()];
}

/** The sha256 hex of a digest as in-toto subjects carry it. */
export function subjectDigestOf(digest: Digest): { algorithm: 'sha256'; value: string } {
  return { algorithm: 'sha256', value: hexOf(digest) };
}
