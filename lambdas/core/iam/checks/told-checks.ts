import { digestOf } from '../../digest.ts';
import type { CheckId, CheckResult } from './check.ts';

/** A check about which a finding is open. */
export interface ToldCheck {
  readonly check: CheckId;
  readonly resource: string;
  /** Of what was told. */
  readonly digest: string;
  /** Unix milliseconds. */
  readonly firstSeenAt: number;
}

/** What to tell about one check: that it fails (for the first time, or otherwise than before), that it passes again, or that it is not made any more. */
export type CheckNews =
  | { readonly kind: 'failed'; readonly result: CheckResult; readonly told: ToldCheck }
  | { readonly kind: 'passed' | 'gone'; readonly told: ToldCheck };

export interface CheckRound {
  readonly results: readonly CheckResult[];
  /** Whether nothing is known of a check this time: what is open about it stays open. */
  readonly isUnknown: (told: Pick<ToldCheck, 'check' | 'resource'>) => boolean;
  readonly now: number;
}

/** A run tells no more than this, the gravest first; the rest follows with the next. */
const MOST_A_RUN = 1000;
const RANKS = { CRITICAL: 0, HIGH: 1, MEDIUM: 2, LOW: 3, INFORMATIONAL: 4 } as const;

/** What a round of checks has to say beyond what was told. The same results say nothing twice. */
export function planCheckNews(
  told: readonly ToldCheck[],
  { results, isUnknown, now }: CheckRound,
): readonly CheckNews[] {
  const known = new Map(told.map((one) => [nameCheck(one), one]));
  const made = new Set(results.map(nameCheck));
  const failed = results
    .filter(({ outcome }) => outcome === 'failed')
    .toSorted((one, other) => RANKS[one.severity] - RANKS[other.severity])
    .flatMap((result): readonly CheckNews[] => {
      const { check, resource, severity, because } = result;
      const digest = digestOf(JSON.stringify([severity, because]));
      const before = known.get(nameCheck(result));
      if (before?.digest === digest) return [];
      return [{ kind: 'failed', result, told: { check, resource, digest, firstSeenAt: before?.firstSeenAt ?? now } }];
    });
  const failing = new Set(results.filter(({ outcome }) => outcome === 'failed').map(nameCheck));
  const ended = told
    .filter((one) => !failing.has(nameCheck(one)) && !isUnknown(one))
    .map((one): CheckNews => ({ kind: made.has(nameCheck(one)) ? 'passed' : 'gone', told: one }));
  return [...ended, ...failed].slice(0, MOST_A_RUN);
}

function nameCheck({ check, resource }: Pick<ToldCheck, 'check' | 'resource'>): string {
  return `${check} ${resource}`;
}
