import { type Digest, digestOf } from '../../lambdas/core/digest.ts';
import type { ImageName } from '../../lambdas/core/image-name.ts';
import type { Circumstances } from '../../lambdas/core/images/lifecycle.ts';
import type { VerdictRecord } from '../../lambdas/core/images/verdict.ts';
import type { Observation } from '../../lambdas/core/images/verify-image.ts';
import type { Decision, Evidence } from '../../lambdas/core/trust/evidence.ts';

/** Noon of a day, Unix milliseconds. */
export const NOON = Date.UTC(2026, 10, 23, 12, 0, 0);
export const GRACE = 600;

export const IMAGE: ImageName = {
  account: '123456789012',
  region: 'eu-west-1',
  repository: 'acme/app',
  digest: digestOf('an image'),
};

export function circumstances(changes: Partial<Circumstances> = {}): Circumstances {
  return {
    now: NOON,
    seenAt: NOON,
    tag: undefined,
    graceSeconds: GRACE,
    policyHash: 'sha256:policy-1',
    random: 0.5,
    ...changes,
  };
}

export function evidenceOf(outcome: Evidence['outcome'], manifest: Digest = digestOf('a referrer')): Evidence {
  return {
    policyLine: 'images[0].require',
    requirement: 'signed by release-key',
    outcome,
    ...(outcome === 'missing' ? {} : { format: 'bundle', origin: { kind: 'referrer', manifest } }),
    checks: outcome === 'missing' ? [] : [{ check: 'signature', result: 'passed', detail: 'over the digest' }],
  };
}

const OUTCOMES = { verified: 'satisfied', unsigned: 'missing', invalid: 'failed', error: 'error' } as const;

/** What a look at an image saw, as the trust policy decides it. */
export function decided(verdict: Decision['verdict'], changes: Partial<Decision> = {}): Observation {
  const reasons = verdict === 'verified' ? [] : [{ code: verdict, message: `It is ${verdict}.` }];
  return {
    kind: 'decided',
    decision: { verdict, policy: 'acme-images', evidence: [evidenceOf(OUTCOMES[verdict])], reasons, ...changes },
  };
}

export const GONE: Observation = { kind: 'gone' };
export const IGNORED: Observation = { kind: 'ignored' };
export const UNDECIDED: Observation = {
  kind: 'undecided',
  reason: { code: 'image-transient', message: 'BatchGetImage: ThrottlingException: Rate exceeded' },
};

/** A row as it comes back from the table: through JSON, its keys in another order. */
export function storedAndRead(record: VerdictRecord): VerdictRecord {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .reverse()
        .map(([key, member]) => [key, reversed(member)]),
    );
  };
  return reversed(record) as VerdictRecord;
}
