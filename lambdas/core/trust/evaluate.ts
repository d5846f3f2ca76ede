import type { Digest } from '../digest.ts';
import { secondsOf } from '../duration.ts';
import type { Reason } from '../errors.ts';
import type { SignatureCandidate } from '../signature/candidate.ts';
import type { SignatureOutcome } from '../signature/outcome.ts';
import type { NotationVerifier, Verifier } from '../signature/verifier.ts';
import { type Branch, combineBranches } from './combine-branches.ts';
import type { Decision, Evidence } from './evidence.ts';
import { decideByException, EXCEPTION_TYPE } from './exception.ts';
import { findEnd, type Judgements } from './find-end.ts';
import { type Demand, type Judgement, judgeCandidate, type Verify } from './judge-candidate.ts';
import { describeClaim } from './match-claim.ts';
import { findImagePolicy } from './match-repository.ts';
import type { TrustMaterial } from './material.ts';
import { isLeaf, type Leaf, partsOf, type Requirement } from './requirement.ts';

/** What is known about one image when its policy is evaluated. */
export interface ImageUnderTrust {
  readonly repository: string;
  readonly digest: Digest;
  readonly candidates: readonly SignatureCandidate[];
  /** Set where signatures may exist that were not read. */
  readonly incomplete?: Incomplete;
  /** Unix milliseconds, for exceptions; without it none holds. */
  readonly now?: number;
}

/** Why not all signatures were read. `lasting`: another try would end the same, since a bound on their number or size bit. */
export interface Incomplete extends Reason {
  readonly lasting: boolean;
}

/**
 * Decides whether an image fulfils the policy of its repository; undefined where no policy names it. Every candidate is tried against every requirement it
 * could be for; one bad candidate neither passes nor blocks. `verified` only if the requirement tree is satisfied by verified signatures over exactly this
 * digest. Otherwise: `error` where something that may be read later could have satisfied it, `invalid` where something claims to and does not, or where more
 * is attached than is read, `unsigned` where nothing claims to.
 */
export function evaluateTrust(image: ImageUnderTrust, material: TrustMaterial, verify: Verify): Decision | undefined {
  const found = findImagePolicy(material.policy, image.repository);
  if (found === undefined) return undefined;
  const evaluation = new Evaluation(image, material, verify);
  const { root, holdsUntil } = evaluation.evaluate(found.policy.require, `images[${found.index}].require`);
  const decision: Decision = {
    verdict: VERDICTS[root.outcome],
    policy: found.policy.name,
    evidence: root.evidence,
    reasons: collectReasons(root, found.policy.name, image, material),
    ...(holdsUntil !== undefined && { validUntil: holdsUntil }),
  };
  return root.outcome === 'satisfied' ? decision : (evaluation.except(found, decision) ?? decision);
}

/** Something else than an image that has to be signed: a statement over `digest`. */
export type StatementUnderTrust = Pick<ImageUnderTrust, 'digest' | 'candidates'>;

/**
 * Decides whether statements of one predicate type about one digest fulfil a requirement: the same evaluation as for images, over attestations of that type only.
 * `line` is the place of the requirement in the policy.
 */
export function evaluateStatements(
  requirement: Requirement,
  line: string,
  predicateType: string,
  statements: StatementUnderTrust,
  material: TrustMaterial,
  verify: Verify,
): Branch {
  return new Evaluation(statements, material, verify).evaluate(asAttestations(requirement, predicateType), line).root;
}

/** A signature over a statement of ours says what it says by the type of the statement. Other leaves stay: they ask for statements of another type. */
function asAttestations(requirement: Requirement, predicateType: string): Requirement {
  const convert = (part: Requirement) => asAttestations(part, predicateType);
  if ('signedBy' in requirement) return { attestedBy: requirement.signedBy, predicateType };
  if ('attestedBy' in requirement) return requirement;
  if ('all' in requirement) return { all: requirement.all.map(convert) };
  if ('any' in requirement) return { any: requirement.any.map(convert) };
  return { atLeast: requirement.atLeast, of: requirement.of.map(convert) };
}

const VERDICTS = { satisfied: 'verified', failed: 'invalid', missing: 'unsigned', error: 'error' } as const;
const NOTHING: ReadonlySet<string> = new Set();

class Evaluation {
  readonly #image: Omit<ImageUnderTrust, 'repository'>;
  readonly #material: TrustMaterial;
  readonly #verify: Verify;
  /** One cryptographic verification for each candidate and verifier, however many requirements ask for it. */
  readonly #outcomes = new Map<Verifier | NotationVerifier, Map<SignatureCandidate, SignatureOutcome>>();

  constructor(image: Omit<ImageUnderTrust, 'repository'>, material: TrustMaterial, verify: Verify) {
    this.#image = image;
    this.#material = material;
    this.#verify = verify;
  }

  /** What the requirement came to and, where it is satisfied for a time only, from when on it is not any more by what was judged now. */
  evaluate(requirement: Requirement, line: string): { readonly root: Branch; readonly holdsUntil: number | undefined } {
    const judged = this.#judgeAll(requirement, line);
    const root = this.#decideOn(requirement, line, judged);
    if (root.outcome !== 'satisfied') return { root, holdsUntil: undefined };
    const isSatisfiedBy = (kept: Judgements) => this.#decideOn(requirement, line, kept).outcome === 'satisfied';
    return { root, holdsUntil: findEnd(judged, isSatisfiedBy) };
  }

  #decideOn(requirement: Requirement, line: string, judged: Judgements): Branch {
    const useful = new Set(
      [...judged.values()]
        .flat()
        .flatMap(({ evidence, candidate }) => (evidence.outcome === 'satisfied' ? [candidate] : [])),
    );
    return this.#decide(requirement, line, judged, useful);
  }

  /** What an exception makes of a refusal. */
  except({ policy, index }: NonNullable<ReturnType<typeof findImagePolicy>>, refused: Decision): Decision | undefined {
    const { exceptions, name } = policy;
    const { now, candidates, digest } = this.#image;
    if (exceptions === undefined || now === undefined) return undefined;
    const leaf = { attestedBy: exceptions.approvedBy, predicateType: EXCEPTION_TYPE };
    const demand = this.#demandOf(leaf, `images[${index}].exceptions`);
    if (demand === undefined) return undefined;
    const terms = { demand, longest: secondsOf(exceptions.longest), policy: name, now };
    return decideByException(candidates, digest, terms, this.#verifyOnce, refused);
  }

  /** Judges every candidate by every leaf, by the line of the leaf. */
  #judgeAll(requirement: Requirement, line: string): Judgements {
    if (isLeaf(requirement)) {
      const demand = this.#demandOf(requirement, line);
      const judge = (candidate: SignatureCandidate) =>
        demand && judgeCandidate(candidate, demand, this.#image.digest, this.#verifyOnce);
      return new Map([[line, this.#image.candidates.map(judge).filter((judgement) => judgement !== undefined)]]);
    }
    const { parts, key } = partsOf(requirement);
    return new Map(parts.flatMap((part, index) => [...this.#judgeAll(part, `${line}.${key}[${index}]`)]));
  }

  #decide(requirement: Requirement, line: string, judged: Judgements, useful: ReadonlySet<SignatureCandidate>): Branch {
    if (isLeaf(requirement)) {
      if (this.#demandOf(requirement, line) === undefined) return describeUnknown(requirement, line);
      return this.#decideLeaf(requirement, line, judged.get(line) ?? [], useful);
    }
    const { parts, key, wanted, different } = partsOf(requirement);
    const branches = parts.map((part, index) => this.#decide(part, `${line}.${key}[${index}]`, judged, useful));
    return combineBranches(branches, wanted, { policyLine: line, different });
  }

  #decideLeaf(
    leaf: Leaf,
    policyLine: string,
    judgements: readonly Judgement[],
    useful: ReadonlySet<SignatureCandidate>,
  ): Branch {
    const acts = new Set(judgements.flatMap(({ act }) => act ?? []));
    // What satisfies another line of the policy is a good signature by somebody else, no forgery of this one.
    const evidence = judgements.map(({ candidate, evidence: one }) =>
      one.outcome === 'failed' && useful.has(candidate) ? { ...one, outcome: 'missing' as const } : one,
    );
    if (acts.size > 0) return { outcome: 'satisfied', evidence, acts };
    const requirement = describeLeaf(leaf);
    const { incomplete } = this.#image;
    if (incomplete !== undefined) {
      const { lasting, ...reason } = incomplete;
      const outcome = lasting ? 'failed' : 'error';
      return {
        outcome,
        evidence: [...evidence, { policyLine, requirement, outcome, checks: [], reason }],
        acts: NOTHING,
      };
    }
    if (evidence.some(({ outcome }) => outcome === 'error')) return { outcome: 'error', evidence, acts: NOTHING };
    if (evidence.some(({ outcome }) => outcome === 'failed')) return { outcome: 'failed', evidence, acts: NOTHING };
    const reason = { code: 'no-candidate', message: `Nothing that is there claims to be ${requirement}.` };
    const missing: Evidence = { policyLine, requirement, outcome: 'missing', checks: [], reason };
    return { outcome: 'missing', evidence: [...evidence, missing], acts: NOTHING };
  }

  #demandOf(leaf: Leaf, policyLine: string): Demand | undefined {
    const name = signerOf(leaf);
    const verifier = this.#material.verifiers.get(name);
    const signer = this.#material.policy.signers[name];
    if (verifier === undefined || signer === undefined) return undefined;
    const demand = { leaf, policyLine, requirement: describeLeaf(leaf), signer, verifier };
    const expression = 'attestedBy' in leaf ? leaf.condition : undefined;
    if (expression === undefined) return demand;
    const condition = this.#material.conditions.get(expression);
    return condition === undefined ? undefined : { ...demand, condition };
  }

  readonly #verifyOnce: Verify = (candidate, verifier) => {
    const known = this.#outcomes.get(verifier) ?? new Map<SignatureCandidate, SignatureOutcome>();
    this.#outcomes.set(verifier, known);
    const outcome = known.get(candidate) ?? this.#verify(candidate, verifier);
    known.set(candidate, outcome);
    return outcome;
  };
}

function signerOf(leaf: Leaf): string {
  return 'signedBy' in leaf ? leaf.signedBy : leaf.attestedBy;
}

function describeLeaf(leaf: Leaf): string {
  return 'signedBy' in leaf ? `signed by ${leaf.signedBy}` : `${describeClaim(leaf)} attested by ${leaf.attestedBy}`;
}

function describeUnknown(leaf: Leaf, policyLine: string): Branch {
  const message = `The policy names the signer ${signerOf(leaf)}, which it does not define.`;
  const reason = { code: 'unknown-signer', message };
  const line: Evidence = { policyLine, requirement: describeLeaf(leaf), outcome: 'error', checks: [], reason };
  return { outcome: 'error', evidence: [line], acts: NOTHING };
}

function collectReasons(
  root: Branch,
  policy: string,
  { candidates }: ImageUnderTrust,
  material: TrustMaterial,
): readonly Reason[] {
  if (root.outcome === 'satisfied') {
    return [{ code: 'policy-satisfied', message: `The image fulfils the policy ${policy}.` }];
  }
  const wanted: readonly Evidence['outcome'][] = root.outcome === 'failed' ? ['failed', 'missing'] : [root.outcome];
  const reasons = root.evidence.flatMap(({ outcome, reason }) =>
    reason !== undefined && wanted.includes(outcome) ? [reason] : [],
  );
  const known = [...material.verifiers.values()].some(({ kind }) => kind === 'notation');
  const unread = !known && candidates.some(({ format }) => format === 'notation');
  return distinct([...reasons, ...(unread ? [UNREAD] : [])]);
}

const UNREAD: Reason = {
  code: 'unread-format',
  message: 'A Notary Project signature is attached; the policy names no signer for it.',
};

function distinct(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map((reason) => [`${reason.code}\n${reason.message}`, reason])).values()];
}
