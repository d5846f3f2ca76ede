import type { Check } from '../../lambdas/core/signature/outcome.ts';
import { verifySignature } from '../../lambdas/core/signature/verify-signature.ts';
import type { Evidence } from '../../lambdas/core/trust/evidence.ts';
import { matchClaim } from '../../lambdas/core/trust/match-claim.ts';
import { describeSigner, matchIdentity } from '../../lambdas/core/trust/match-identity.ts';
import { matchPredicate } from '../../lambdas/core/trust/match-predicate.ts';
import type { TrustMaterial } from '../../lambdas/core/trust/material.ts';
import { type Leaf, listLeaves } from '../../lambdas/core/trust/requirement.ts';
import type { Result } from '../output/result.ts';
import type { Target } from './signed-file.ts';

const POLICY = 'command-line';

/** Judges one bundle over one file by the signers that the command line names: one of them has to have signed it. */
export function judgeBundle(bytes: Uint8Array, target: Target, material: TrustMaterial): Result {
  const lines = material.policy.images.flatMap(({ require }) =>
    listLeaves(require).map((leaf) => judgeByLeaf(bytes, target, leaf, material)),
  );
  const { digest } = target;
  const satisfied = lines.filter(({ outcome }) => outcome === 'satisfied');
  if (satisfied.length > 0) {
    const reasons = [{ code: 'policy-satisfied', message: 'The bundle is a signature of the signer over this file.' }];
    return { verdict: 'verified', digest, policy: POLICY, evidence: satisfied, reasons };
  }
  const reasons = lines.flatMap(({ reason }) => reason ?? []);
  return { verdict: 'invalid', digest, policy: POLICY, evidence: lines, reasons };
}

function judgeByLeaf(
  bytes: Uint8Array,
  { artifact }: Target,
  leaf: Leaf,
  { policy, verifiers }: TrustMaterial,
): Evidence {
  const name = 'signedBy' in leaf ? leaf.signedBy : leaf.attestedBy;
  const [signer, verifier] = [policy.signers[name], verifiers.get(name)];
  if (verifier === undefined || verifier.kind === 'notation' || signer === undefined)
    throw new TypeError('no signer came of the command line');
  const origin = { kind: 'file' } as const;
  const who = 'keyless' in signer ? 'the named identity' : 'the given key';
  const requirement = 'signedBy' in leaf ? `signed by ${who}` : `provenance attested by ${who}`;
  const base = { policyLine: POLICY, requirement, format: 'bundle', origin } as const;
  const outcome = verifySignature({ format: 'bundle', origin, bytes }, verifier, { artifact });
  if (!outcome.ok) {
    const { code, message, checks } = outcome;
    return { ...base, outcome: 'failed', checks, reason: { code, message } };
  }
  const identity: Check =
    'keyless' in signer
      ? matchIdentity(outcome.signer, signer.keyless)
      : { check: 'identity', result: 'passed', detail: 'signed with the given key' };
  const checks = [...outcome.checks, identity, ...checkProvenance(outcome, leaf)];
  const evidence = { ...base, checks, signer: describeSigner(outcome.signer) };
  const failed = checks.find(({ result }) => result === 'failed');
  if (failed === undefined) return { ...evidence, outcome: 'satisfied' };
  return {
    ...evidence,
    outcome: 'failed',
    reason: { code: CODES[failed.check] ?? 'bad-signature', message: failed.detail },
  };
}

const CODES: Partial<Record<Check['check'], string>> = {
  identity: 'identity-mismatch',
  statement: 'wrong-statement',
  predicate: 'predicate-mismatch',
};

/** Any content will do where a signature over the file is all that is asked for: that it is over the file is known by now. */
function checkProvenance(
  { content, signer }: Extract<ReturnType<typeof verifySignature>, { ok: true }>,
  leaf: Leaf,
): readonly Check[] {
  if ('signedBy' in leaf) return [];
  const claim = matchClaim(content, leaf);
  if (claim === 'other' || content.kind !== 'statement') {
    return [{ check: 'statement', result: 'failed', detail: 'it is no SLSA provenance' }];
  }
  return [claim, matchPredicate(content, signer, leaf, undefined) ?? claim];
}
