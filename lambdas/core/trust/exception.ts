import * as z from 'zod';
import type { Digest } from '../digest.ts';
import type { SignatureCandidate } from '../signature/candidate.ts';
import type { Decision, Evidence } from './evidence.ts';
import { type Demand, judgeCandidate, type Verify } from './judge-candidate.ts';
import { clean } from './match-identity.ts';

/** The predicate type of an exception: an attestation on the image itself, by the signer whom the policy allows to except. */
export const EXCEPTION_TYPE = 'urn:countersign:exception:v1';

/** An exception is always about one digest (its subject), for a reason, and from one moment to another. */
const exceptionSchema = z.object({
  reason: z.string().min(1).max(1000),
  issued: z.iso.datetime({ offset: true }),
  expires: z.iso.datetime({ offset: true }),
});

export interface ExceptionTerms {
  /** The attestation by the signer who may except, to be judged like any other. */
  readonly demand: Demand;
  /** How long an exception may last, seconds. */
  readonly longest: number;
  readonly policy: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * The decision by the exception that lasts longest among those that hold now; undefined where none does. `refused` is what the policy decided without it: its
 * evidence stays, so that everybody sees what was excepted.
 */
export function decideByException(
  candidates: readonly SignatureCandidate[],
  digest: Digest,
  { demand, longest, policy, now }: ExceptionTerms,
  verify: Verify,
  refused: Decision,
): Decision | undefined {
  const holding = candidates.flatMap((candidate) => {
    const judgement = judgeCandidate(candidate, demand, digest, verify);
    if (judgement?.evidence.outcome !== 'satisfied') return [];
    const outcome = verify(candidate, demand.verifier);
    if (!outcome.ok || outcome.content.kind !== 'statement') return [];
    const terms = exceptionSchema.safeParse(outcome.content.predicate);
    if (!terms.success) return [];
    const [issued, expires] = [Date.parse(terms.data.issued), Date.parse(terms.data.expires)];
    const holds = issued <= now && now < expires && expires - issued <= longest * 1000;
    return holds ? [{ expires, reason: terms.data.reason, evidence: judgement.evidence }] : [];
  });
  const [last] = holding.toSorted((left, right) => right.expires - left.expires);
  if (last === undefined) return undefined;
  const until = new Date(last.expires).toISOString();
  const message = `The image is excepted from the policy ${policy} until ${until}: ${clean(last.reason)}`;
  return {
    verdict: 'verified',
    policy,
    evidence: [last.evidence, ...refused.evidence.map(asMissing)],
    reasons: [{ code: 'excepted', message }, ...refused.reasons],
    validUntil: last.expires,
  };
}

function asMissing(line: Evidence): Evidence {
  return line.outcome === 'satisfied' ? line : { ...line, outcome: 'missing' };
}
