import type { Decision } from '../trust/evidence.ts';
import type { VerdictRecord } from './verdict.ts';

/**
 * Whether a decision rests on silence about what is known to be revoked. Where the policy does not require an answer (`revocation: not-required`), a responder that is silent
 * refuses no signature; but once it has said "revoked", silencing it must not take that back. Such a decision is none: another try is due. Under another policy the
 * question is a new one.
 */
export function forgetsRevocation(
  previous: Pick<VerdictRecord, 'state' | 'policyHash' | 'reasons'> | undefined,
  { verdict, evidence }: Decision,
  policyHash: string,
): boolean {
  if (verdict !== 'verified' || previous?.state !== 'invalid' || previous.policyHash !== policyHash) return false;
  if (!previous.reasons.some(({ code }) => code === 'revoked')) return false;
  return evidence.some(
    ({ outcome, checks }) =>
      outcome === 'satisfied' && checks.some(({ check, result }) => check === 'revocation' && result === 'skipped'),
  );
}
