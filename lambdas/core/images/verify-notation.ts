import type { NotationCandidate, SignatureCandidate } from '../signature/candidate.ts';
import type { NotationCheck, NotationOutcome } from '../signature/notation/outcome.ts';
import type { ArtifactDescriptor } from '../signature/notation/payload.ts';
import type { RevocationPorts } from '../signature/notation/revocation/check.ts';
import type { GetRevocationStatus } from '../signature/notation/signer/revocation-status.ts';
import { verifyUnderStatement } from '../signature/notation/verify-notation-signature.ts';
import type { Check, SignatureOutcome } from '../signature/outcome.ts';
import type { NotationVerifier, Verifier } from '../signature/verifier.ts';

/** Whom Notary Project signatures make us ask about revocation. What is absent is not asked, and its answer is unknown. */
export interface NotationPorts {
  readonly revocation?: RevocationPorts;
  readonly getRevocationStatus?: GetRevocationStatus;
}

/** What each Notary Project candidate is worth under each verifier of that kind. */
export type NotationOutcomes = ReadonlyMap<NotationCandidate, ReadonlyMap<NotationVerifier, SignatureOutcome>>;

/**
 * Verifies all Notary Project candidates with all verifiers of the policy before it is evaluated: whether a certificate is revoked has to be asked for, and an
 * evaluation waits for nothing. `now` in Unix milliseconds.
 */
export async function verifyNotation(
  candidates: readonly SignatureCandidate[],
  verifiers: Iterable<Verifier | NotationVerifier>,
  artifact: ArtifactDescriptor,
  now: number,
  ports: NotationPorts,
): Promise<NotationOutcomes> {
  const signers = [...verifiers].filter((verifier) => verifier.kind === 'notation');
  const envelopes = signers.length === 0 ? [] : candidates.filter((candidate) => candidate.format === 'notation');
  const outcomes = envelopes.map(async (candidate) => {
    const judged = signers.map(async (verifier) => {
      const { statement, stores } = verifier;
      const context = { artifact, now, statement, stores, ...ports };
      const outcome = await verifyUnderStatement(candidate.envelope, candidate.mediaType, context);
      return [verifier, describeOutcome(outcome)] as const;
    });
    return [candidate, new Map(await Promise.all(judged))] as const;
  });
  return new Map(await Promise.all(outcomes));
}

function describeOutcome(outcome: Exclude<NotationOutcome, { kind: 'not-verified' }>): SignatureOutcome {
  const checks = outcome.checks.map(describeCheck);
  if (outcome.kind !== 'accepted') {
    const { code, message } = outcome;
    const refusal = { ok: false, code, message, checks } as const;
    return outcome.kind === 'undetermined' ? { ...refusal, mayChange: true } : refusal;
  }
  if (!outcome.authentic) {
    return { ok: false, code: 'untrusted-identity', message: 'nobody knows who signed', checks };
  }
  const revoked = outcome.checks.find(({ code }) => code === 'revoked');
  if (revoked !== undefined) return { ok: false, code: 'revoked', message: revoked.detail, checks };
  const { signer, artifact, signedAt, holdsUntil } = outcome;
  return {
    ok: true,
    signer: { kind: 'notation', subject: signer.subject, thumbprint: signer.thumbprints[0] ?? '' },
    content: { kind: 'descriptor', digest: artifact.digest },
    signedAt: signedAt === undefined ? [] : [signedAt],
    ...(holdsUntil !== undefined && { holdsUntil }),
    checks,
  };
}

/** What a policy only logs refuses nothing, except what is known to be revoked: that is stricter than the specification, on purpose. */
function describeCheck({ check, result, action, code, detail }: NotationCheck): Check {
  if (result !== 'failed' || action === 'enforce' || code === 'revoked') return { check, result, detail };
  return { check, result: 'skipped', detail: `not enforced by the policy: ${detail}` };
}
