import { createHash } from 'node:crypto';
import type { Digest } from '../digest.ts';
import type { SignatureCandidate } from '../signature/candidate.ts';
import { readClaimedType } from '../signature/claimed-type.ts';
import type { Check, SignatureOutcome, SignerFacts } from '../signature/outcome.ts';
import type { NotationVerifier, Verifier } from '../signature/verifier.ts';
import type { Condition } from './condition/condition.ts';
import type { Evidence } from './evidence.ts';
import { describeClaim, listPredicateTypes, matchClaim, matchSubject, mayFulfil } from './match-claim.ts';
import { describeSigner, matchIdentity } from './match-identity.ts';
import { matchPredicate } from './match-predicate.ts';
import type { Leaf } from './requirement.ts';
import type { Signer } from './signer.ts';

/** The engine as the evaluation needs it; passed in so that a test can hold it to one call for each candidate and verifier. */
export type Verify = (candidate: SignatureCandidate, verifier: Verifier | NotationVerifier) => SignatureOutcome;

/** A requirement that names a signer, with all that is needed to judge by it. */
export interface Demand {
  readonly leaf: Leaf;
  readonly policyLine: string;
  readonly requirement: string;
  readonly signer: Signer;
  readonly verifier: Verifier | NotationVerifier;
  /** The condition that the leaf names, compiled. */
  readonly condition?: Condition;
}

/** What one candidate is worth to one demand. */
export interface Judgement {
  readonly candidate: SignatureCandidate;
  readonly evidence: Evidence;
  /** Where it satisfies: who did what, the same for two signatures that must not count as two. */
  readonly act?: string;
  /** Where it satisfies: from when on it has to be judged again, Unix milliseconds. Absent where it holds for good. */
  readonly holdsUntil?: number;
}

/** Judges one candidate by one demand; undefined where it does not even claim to be what is demanded. */
export function judgeCandidate(
  candidate: SignatureCandidate,
  demand: Demand,
  digest: Digest,
  verify: Verify,
): Judgement | undefined {
  const { leaf, policyLine, requirement, signer, verifier } = demand;
  if (!mayFulfil(candidate, leaf, signer)) return undefined;
  const outcome = verify(candidate, verifier);
  const { format, origin } = candidate;
  const base = { policyLine, requirement, format, origin };
  if (!outcome.ok) {
    const { checks, code, message } = outcome;
    const claimed = readClaimedType(candidate);
    // Bad or not, what claims to be something else says nothing about this demand.
    if (claimed !== undefined && !listPredicateTypes(leaf).includes(claimed)) return undefined;
    // Made with a certificate where a key is demanded, or the other way round: it never claimed to be by this signer.
    const refusal = code === 'wrong-material' ? 'missing' : 'failed';
    const verdict = outcome.mayChange ? 'error' : refusal;
    return { candidate, evidence: { ...base, outcome: verdict, checks, reason: { code, message } } };
  }
  const claim = matchClaim(outcome.content, leaf);
  if (claim === 'other') return undefined;
  const { content } = outcome;
  const predicate =
    'attestedBy' in leaf && content.kind === 'statement'
      ? matchPredicate(content, outcome.signer, leaf, demand.condition)
      : undefined;
  const checks = [
    ...outcome.checks,
    checkSigner(outcome.signer, signer),
    claim,
    matchSubject(content, digest),
    ...(predicate === undefined ? [] : [predicate]),
  ];
  const failed = checks.find(({ result }) => result === 'failed');
  const described = { ...base, checks, signer: describeSigner(outcome.signer) };
  if (failed !== undefined) {
    const reason = { code: CODES[failed.check] ?? 'bad-signature', message: failed.detail };
    return { candidate, evidence: { ...described, outcome: 'failed', reason } };
  }
  const act = JSON.stringify([nameClaim(leaf), identifySigner(outcome.signer, verifier)]);
  const { holdsUntil } = outcome;
  return {
    candidate,
    evidence: { ...described, outcome: 'satisfied' },
    act,
    ...(holdsUntil !== undefined && { holdsUntil }),
  };
}

const CODES: Partial<Record<Check['check'], string>> = {
  identity: 'identity-mismatch',
  statement: 'wrong-statement',
  subject: 'subject-mismatch',
  predicate: 'predicate-mismatch',
};

function checkSigner(facts: SignerFacts, signer: Signer): Check {
  if ('keyless' in signer) return matchIdentity(facts, signer.keyless);
  const detail = 'notation' in signer ? 'an identity that the policy names' : 'signed with the pinned key';
  return { check: 'identity', result: 'passed', detail };
}

function nameClaim(leaf: Leaf): string {
  return 'signedBy' in leaf ? 'signature' : describeClaim(leaf);
}

/** The same text for the same key and for the same certificate identity, under whatever names the policy knows them. */
function identifySigner(facts: SignerFacts, verifier: Verifier | NotationVerifier): string {
  if (facts.kind === 'notation') return facts.thumbprint;
  if (facts.kind === 'certificate') return JSON.stringify([facts.issuer, facts.names]);
  if (verifier.kind !== 'key') return 'key';
  return createHash('sha256')
    .update(verifier.key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
