import type { Evidence } from '../../lambdas/core/trust/evidence.ts';
import type { Result } from './result.ts';
import { makeVisible } from './visible.ts';

/** What a result is about, for people. */
export interface Described {
  /** `ghcr.io/acme/app@sha256:...`, `oci:folder@sha256:...`, a file. */
  readonly name: string;
  /** By what it was judged: `policy.yaml`, `the options given`. */
  readonly judgedBy: string;
  /** The name by which the policy knows the repository; absent where there is none. */
  readonly repository?: string | undefined;
}

/** A verdict as the first words say it. */
export const VERDICTS = {
  verified: 'VERIFIED',
  unsigned: 'NOT VERIFIED, unsigned',
  invalid: 'NOT VERIFIED, invalid',
  error: 'COULD NOT DECIDE',
  gone: 'COULD NOT DECIDE, there is no such image',
  ignored: 'COULD NOT DECIDE, no policy covers this repository',
} as const satisfies Record<Result['verdict'], string>;

/** A result for people: the verdict, the policy, the reasons, then each line of evidence with its checks. Plain text, nothing hidden in it. */
export function describeResult(result: Result, described: Described): string {
  const { verdict, policy, reasons, evidence } = result;
  const repository = described.repository === undefined ? '' : `, for the repository ${described.repository}`;
  const lines = [
    `${VERDICTS[verdict]}: ${makeVisible(described.name)}`,
    `policy: ${makeVisible(`${policy ?? 'none'} (${described.judgedBy}${repository})`)}`,
    ...reasons.map(({ code, message }) => `reason: ${makeVisible(message)} [${makeVisible(code)}]`),
    ...evidence.flatMap(describeEvidence),
  ];
  return `${lines.join('\n')}\n`;
}

const OUTCOMES = {
  satisfied: 'satisfied',
  failed: 'FAILED',
  missing: 'missing',
  error: 'undecided',
} as const satisfies Record<Evidence['outcome'], string>;

function describeEvidence(evidence: Evidence): readonly string[] {
  const { outcome, requirement, policyLine, signer, checks, reason } = evidence;
  const where = describeOrigin(evidence);
  return [
    '',
    `${OUTCOMES[outcome]}: ${makeVisible(requirement)} (${makeVisible(policyLine)})`,
    ...(where === undefined ? [] : [`  signature: ${makeVisible(where)}`]),
    ...(signer === undefined ? [] : [`  signer: ${makeVisible(signer)}`]),
    ...(reason === undefined ? [] : [`  because: ${makeVisible(reason.message)} [${makeVisible(reason.code)}]`]),
    ...checks.map(({ check, result, detail }) => {
      const word = result === 'failed' ? 'FAILED' : result;
      return `  ${word.padEnd(8)}${check.padEnd(28)}${makeVisible(detail)}`;
    }),
  ];
}

const KINDS = {
  referrer: 'referrer',
  'sig-tag': '.sig tag',
  'att-tag': '.att tag',
  'fallback-tag': 'referrer from the fallback tag',
  file: 'file',
} as const satisfies Record<NonNullable<Evidence['origin']>['kind'], string>;

/** Where a candidate was found, in words; undefined where there is none. */
export function describeOrigin({ format, origin }: Evidence): string | undefined {
  if (origin === undefined) return format;
  const { kind, manifest, blob } = origin;
  return [
    ...(format === undefined ? [] : [`${format},`]),
    KINDS[kind],
    ...(manifest === undefined ? [] : [manifest]),
    ...(blob === undefined ? [] : [`(blob ${blob})`]),
  ].join(' ');
}
