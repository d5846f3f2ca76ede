import { canonicalize } from '../../canonical-json.ts';
import { type Digest, digestOf } from '../../digest.ts';
import { secondsOf } from '../../duration.ts';
import type { Reason } from '../../errors.ts';
import { verifySignature } from '../../signature/verify-signature.ts';
import type { Branch } from '../../trust/combine-branches.ts';
import { evaluateStatements } from '../../trust/evaluate.ts';
import type { Evidence } from '../../trust/evidence.ts';
import type { Verify } from '../../trust/judge-candidate.ts';
import { findBaselinePolicy } from '../../trust/match-baseline.ts';
import type { TrustMaterial } from '../../trust/material.ts';
import type { BaselinePolicy } from '../../trust/policy.ts';
import type { Requirement } from '../../trust/requirement.ts';
import { type Claim, groupClaims } from './group-claims.ts';
import { readSignedLines } from './signed-lines.ts';
import type { BaselineState } from './state.ts';
import { APPROVAL_TYPE, type ApprovalPredicate, BASELINE_TYPE, type BaselinePredicate } from './statement.ts';

/** The newest baseline of an ARN that was ever accepted. An older one, or another one of the same version, is an attack or a mistake. */
export interface KnownBaseline {
  readonly version: number;
  /** Of the predicate, as `SignedBaseline` has it. */
  readonly digest: Digest;
}

export interface SignedBaseline {
  readonly state: BaselineState;
  readonly version: number;
  /** Of the canonical JSON of all that was signed: state, version and dates. */
  readonly digest: Digest;
  /** When it was made, as its signer says, Unix milliseconds. */
  readonly createdAt: number;
  /** States that differ and were approved, and since and until when (Unix milliseconds). */
  readonly approved: readonly Approved[];
}

export interface Approved {
  readonly state: BaselineState;
  readonly reason: string;
  readonly since: number;
  readonly until: number;
}

/**
 * What is known of the desired state of one ARN. Only `signed` carries one, so that nothing can be changed on the strength of anything else.
 * - `missing`: nothing claims to be its baseline, or no entry of the trust policy names the ARN.
 * - `invalid`: something claims to be and is not signed as the trust policy wants it, or contradicts another one.
 * - `expired`: the newest baseline has ended. An older one does not come back.
 * - `rolled-back`: the newest that is there is older than one that was accepted, or another one of its version.
 * - `unreadable`: it could not be read, so nothing is known.
 */
export type BaselineStanding =
  | { readonly state: 'signed'; readonly baseline: SignedBaseline; readonly evidence: readonly Evidence[] }
  | {
      readonly state: 'missing' | 'invalid' | 'expired' | 'rolled-back' | 'unreadable';
      readonly reason: Reason;
      readonly evidence: readonly Evidence[];
      /** The newest that is signed, where it is signed and cannot be used: what comes later must not be older than that. */
      readonly newest?: KnownBaseline;
    };

export interface BaselineQuestion {
  readonly arn: string;
  /** The file of signed statements; undefined where there is none. */
  readonly text: string | undefined;
  readonly known?: KnownBaseline | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/** How far ahead of ours a clock may be that dated a statement, milliseconds. */
const CLOCK_SKEW = 5 * 60 * 1000;

/**
 * Finds the baseline of one ARN among signed statements: the highest version for which the trust policy is satisfied by signatures over one and the same
 * predicate. One bad statement neither passes nor blocks. Never throws for what the file holds.
 */
export function verifyBaseline(question: BaselineQuestion, material: TrustMaterial): BaselineStanding {
  const { arn, text } = question;
  const found = findBaselinePolicy(material.policy, arn);
  if (found === undefined) return refuse('missing', 'no-policy', `The trust policy names nobody who may sign ${arn}.`);
  const candidates = text === undefined ? [] : readSignedLines(text);
  if (candidates === undefined)
    return refuse('unreadable', 'too-large', `The baseline of ${arn} is beyond all bounds.`);
  if (candidates.length === 0) return refuse('missing', 'no-baseline', `There is no baseline of ${arn}.`);
  const claims = groupClaims(candidates, arn);
  const line = `baselines[${found.index}]`;
  const judged = claims.baselines.map((claim) => ({
    claim,
    ...judge(claim, found.policy.require, `${line}.require`, BASELINE_TYPE, material),
  }));
  const evidence = judged.flatMap((one) => one.evidence);
  const accepted = judged
    .flatMap(({ claim, outcome }) => (outcome === 'satisfied' ? [claim] : []))
    .toSorted((a, b) => b.predicate.version - a.predicate.version);
  const [newest] = accepted;
  if (newest === undefined)
    return {
      ...explainNone(
        judged.map(({ outcome }) => outcome),
        arn,
      ),
      evidence,
    };
  const refusal = findFault(accepted, newest.predicate, question);
  const { state, version } = newest.predicate;
  const digest = digestPredicate(newest.predicate);
  if (refusal !== undefined) return { ...refusal, evidence, newest: { version, digest } };
  const approved = listApproved(
    claims.approvals,
    version,
    question.now,
    found.policy,
    `${line}.approvals.require`,
    material,
  );
  return {
    state: 'signed',
    baseline: { state, version, digest, createdAt: Date.parse(newest.predicate.created), approved },
    evidence,
  };
}

function judge(
  { digest, candidates }: Claim<unknown>,
  requirement: Requirement,
  line: string,
  predicateType: string,
  material: TrustMaterial,
): Branch {
  return evaluateStatements(requirement, line, predicateType, { digest, candidates }, material, verifyStatement);
}

/** What speaks against the newest baseline that is signed. An older one never takes its place. */
function findFault(
  accepted: readonly Claim<BaselinePredicate>[],
  newest: BaselinePredicate,
  { arn, known, now }: BaselineQuestion,
): Refused | undefined {
  const { version, created, expires } = newest;
  if (accepted[1]?.predicate.version === version) {
    return refuse('invalid', 'contradiction', `There are two signed baselines of ${arn} of version ${version}.`);
  }
  const isOlder = known !== undefined && version < known.version;
  const isAnother = known?.version === version && digestPredicate(newest) !== known.digest;
  if (isOlder || isAnother) {
    const message = `Version ${version} of the baseline of ${arn} is not the version ${known.version} that was accepted, nor a later one.`;
    return refuse('rolled-back', 'rolled-back', message);
  }
  if (Date.parse(created) > now + CLOCK_SKEW) {
    return refuse('invalid', 'not-yet', `The baseline of ${arn} is dated ${created}.`);
  }
  if (expires !== undefined && Date.parse(expires) <= now) {
    return refuse('expired', 'expired', `Version ${version} of the baseline of ${arn} ended ${expires}.`);
  }
  return undefined;
}

function listApproved(
  claims: readonly Claim<ApprovalPredicate>[],
  version: number,
  now: number,
  { approvals }: BaselinePolicy,
  line: string,
  material: TrustMaterial,
): SignedBaseline['approved'] {
  if (approvals === undefined) return [];
  return claims
    .filter(
      ({ predicate }) => predicate.baselineVersion === version && holds(predicate, secondsOf(approvals.longest), now),
    )
    .filter((claim) => judge(claim, approvals.require, line, APPROVAL_TYPE, material).outcome === 'satisfied')
    .map(({ predicate: { state, reason, issued, expires } }) => ({
      ...{ state, reason },
      ...{ since: Date.parse(issued), until: Date.parse(expires) },
    }));
}

function holds({ issued, expires }: ApprovalPredicate, longest: number, now: number): boolean {
  const [from, until] = [Date.parse(issued), Date.parse(expires)];
  return from <= now && now < until && until - from <= longest * 1000;
}

function digestPredicate(predicate: BaselinePredicate): Digest {
  return digestOf(canonicalize(predicate));
}

/** A file of statements holds nothing of the Notary Project, and no signer of its kind is asked for. */
const verifyStatement: Verify = (candidate, verifier) =>
  candidate.format === 'notation' || verifier.kind === 'notation'
    ? { ok: false, code: 'unsupported', message: 'the Notary Project signs no statements', checks: [] }
    : verifySignature(candidate, verifier);

type Refused = Exclude<BaselineStanding, { state: 'signed' }>;

function explainNone(outcomes: readonly Evidence['outcome'][], arn: string): Refused {
  if (outcomes.includes('error')) {
    return refuse('unreadable', 'undecided', `It could not be decided whether the baseline of ${arn} is signed.`);
  }
  return outcomes.length > 0
    ? refuse('invalid', 'not-signed', `No baseline of ${arn} is signed as the trust policy wants it.`)
    : refuse('invalid', 'no-statement', `Nothing in the file is a baseline of ${arn}.`);
}

function refuse(state: Refused['state'], code: string, message: string): Refused {
  return { state, reason: { code, message }, evidence: [] };
}
