import type { SweepMark } from '../../sweep-mark.ts';
import type { EvaluatedResource, Evaluation, Judgement } from './evaluation.ts';

/** A principal or policy as Config recorded it. */
export interface RecordedPrincipal extends EvaluatedResource {
  readonly arn: string;
  /** Unix milliseconds; undefined where Config does not say. */
  readonly createdAt: number | undefined;
}

/** A sweep runs every hour: an older one says nothing any more. */
const LONGEST_SINCE_SWEEP = 3 * 3_600_000;

export interface PrincipalFacts {
  /** What is wrong, by ARN, in words. */
  readonly faults: ReadonlyMap<string, string>;
  readonly sweep: SweepMark | undefined;
  readonly now: number;
}

/**
 * By baseline: not compliant where drift is open, compliant where the last sweep found it as it was signed. What deviated in the sweep and was not looked at yet, what was
 * made after it, and everything where no sweep came to its end lately, is undecided.
 */
export function judgeByBaseline(principals: readonly RecordedPrincipal[], facts: PrincipalFacts): Judgement {
  const { sweep } = facts;
  const leftOut = new Set(sweep?.leftOut);
  return judge(principals, facts, new Set(sweep?.wanted), (principal) =>
    leftOut.has(principal.arn)
      ? { compliance: 'NOT_APPLICABLE', annotation: 'No baseline is asked of it: it belongs to a service or to AWS.' }
      : { compliance: 'COMPLIANT', annotation: 'It is as it was signed, or a grant covers it.' },
  );
}

/** By who may assume a role through an identity provider: the check that the sweep makes. */
export function judgeByTrust(roles: readonly RecordedPrincipal[], facts: PrincipalFacts): Judgement {
  return judge(roles, facts, new Set(facts.sweep?.unread), () => ({
    compliance: 'COMPLIANT',
    annotation: 'Whom it trusts through OpenID Connect, if anybody, is pinned to an audience and a subject.',
  }));
}

function judge(
  principals: readonly RecordedPrincipal[],
  { faults, sweep, now }: PrincipalFacts,
  unclear: ReadonlySet<string>,
  otherwise: (principal: RecordedPrincipal) => Pick<Evaluation, 'compliance' | 'annotation'>,
): Judgement {
  const evaluations: Evaluation[] = [];
  const undecided: EvaluatedResource[] = [];
  const isFresh = sweep !== undefined && now - sweep.startedAt <= LONGEST_SINCE_SWEEP;
  for (const principal of principals) {
    const { type, id, arn, createdAt } = principal;
    const fault = faults.get(arn);
    const wasSwept = isFresh && createdAt !== undefined && createdAt < sweep.startedAt && !unclear.has(arn);
    if (fault !== undefined) evaluations.push({ type, id, compliance: 'NON_COMPLIANT', annotation: fault });
    else if (wasSwept) evaluations.push({ type, id, ...otherwise(principal) });
    else undecided.push({ type, id });
  }
  return { evaluations, undecided };
}
