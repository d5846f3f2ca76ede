import { canonicalize } from '../../canonical-json.ts';
import type { Digest } from '../../digest.ts';
import type { SignatureCandidate } from '../../signature/candidate.ts';
import { readClaimedStatement } from '../../signature/claimed-type.ts';
import { type BaselineState, digestState } from './state.ts';
import {
  APPROVAL_TYPE,
  type ApprovalPredicate,
  approvalPredicateSchema,
  BASELINE_TYPE,
  type BaselinePredicate,
  baselinePredicateSchema,
} from './statement.ts';

/** All statements that say exactly the same, however often they were signed: signatures over different words are never counted together. */
export interface Claim<Predicate> {
  readonly predicate: Predicate;
  /** Of the state: what the statements name as their subject. */
  readonly digest: Digest;
  readonly candidates: readonly SignatureCandidate[];
}

/** The statements about one ARN among candidates, unverified, grouped by what they say. Anything else is left aside. */
export function groupClaims(
  candidates: readonly SignatureCandidate[],
  arn: string,
): {
  readonly baselines: readonly Claim<BaselinePredicate>[];
  readonly approvals: readonly Claim<ApprovalPredicate>[];
} {
  const groups = new Map<string, { type: string; predicate: unknown; candidates: SignatureCandidate[] }>();
  for (const candidate of candidates) {
    const statement = readClaimedStatement(candidate);
    if (statement === undefined) continue;
    const { predicateType: type, predicate } = statement;
    const key = `${type}\n${canonicalize(predicate)}`;
    const group = groups.get(key) ?? { type, predicate, candidates: [] };
    groups.set(key, group);
    group.candidates.push(candidate);
  }
  const all = [...groups.values()];
  return {
    baselines: all.flatMap((group): Claim<BaselinePredicate>[] => {
      if (group.type !== BASELINE_TYPE) return [];
      const parsed = baselinePredicateSchema.safeParse(group.predicate);
      return parsed.success ? toClaims(parsed.data, group.candidates, arn) : [];
    }),
    approvals: all.flatMap((group): Claim<ApprovalPredicate>[] => {
      if (group.type !== APPROVAL_TYPE) return [];
      const parsed = approvalPredicateSchema.safeParse(group.predicate);
      return parsed.success ? toClaims(parsed.data, group.candidates, arn) : [];
    }),
  };
}

/** A statement about another ARN is none about this one, wherever it lies. */
function toClaims<Predicate extends { readonly state: BaselineState }>(
  predicate: Predicate,
  candidates: readonly SignatureCandidate[],
  arn: string,
): Claim<Predicate>[] {
  return predicate.state.arn === arn ? [{ predicate, digest: digestState(predicate.state), candidates }] : [];
}

/** The baseline that one candidate claims, unverified, of whatever ARN; undefined where it is none. */
export function readClaimedBaseline(candidate: SignatureCandidate): BaselinePredicate | undefined {
  const statement = readClaimedStatement(candidate);
  if (statement?.predicateType !== BASELINE_TYPE) return undefined;
  return baselinePredicateSchema.safeParse(statement.predicate).data;
}
