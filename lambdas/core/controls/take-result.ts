import type { Compliance, ConfigRule, ResourceIdentity } from './config-result.ts';

/** The last that is known of one rule about one resource. Times in Unix milliseconds, those of Config. */
export interface KnownResult {
  readonly rule: ConfigRule;
  /** Which managed rule it is, as Config said when a fault was told. */
  readonly identifier?: string | undefined;
  readonly compliance: Compliance;
  readonly at: number;
  /** Since when it has been told as not compliant; absent where nothing was, or its end was told. */
  readonly openSince?: number | undefined;
  /** Whether the recorder has it. */
  readonly told: boolean;
}

/** All that is known of one resource. */
export interface KnownResource {
  /** Counts the writes, from 1. */
  readonly revision: number;
  readonly identity: ResourceIdentity;
  /** When it was last deleted. Results of before count no more. */
  readonly deletedAt?: number | undefined;
  readonly results: readonly KnownResult[];
}

export type Arrival =
  | {
      readonly kind: 'result';
      readonly rule: ConfigRule;
      readonly identifier?: string | undefined;
      readonly compliance: Compliance;
      readonly at: number;
    }
  | { readonly kind: 'deletion'; readonly at: number };

/**
 * What follows from an arrival. `repeat`: it was told before. `outdated`: something newer is known. `no-result`: Config has nothing to say yet, and closes nothing with it.
 * `taken`: `next` is to be stored, then `tell` told, then `noteTold` stored.
 */
export type Taking =
  | { readonly outcome: 'repeat' | 'outdated' | 'no-result' }
  | { readonly outcome: 'taken'; readonly next: KnownResource; readonly tell: readonly KnownResult[] };

/** More rules than Config has in a region (AWS Config developer guide, "Service limits": 1000). What is closed longest goes first. */
const MOST_RESULTS = 1000;

/**
 * Takes a result or a deletion in whatever order they come: what Config recorded later stands. Only what was told as not compliant has an end to tell. A crash
 * between storing and telling is made good when the same arrival comes again.
 */
export function takeArrival(known: KnownResource | undefined, arrival: Arrival): Taking {
  const before: KnownResource = known ?? { revision: 0, identity: {}, results: [] };
  return arrival.kind === 'deletion' ? takeDeletion(before, arrival.at) : takeResult(before, arrival);
}

function takeResult(before: KnownResource, arrival: Arrival & { kind: 'result' }): Taking {
  const { rule, compliance, at } = arrival;
  if (compliance === 'INSUFFICIENT_DATA') return { outcome: 'no-result' };
  if (before.deletedAt !== undefined && at <= before.deletedAt) return { outcome: 'outdated' };
  const last = before.results.find((one) => one.rule.arn === rule.arn);
  if (last !== undefined && at < last.at) return { outcome: 'outdated' };
  if (last !== undefined && at === last.at) {
    return last.told ? { outcome: 'repeat' } : take(before, before.results, [last]);
  }
  const openSince = last?.openSince ?? (compliance === 'NON_COMPLIANT' ? at : undefined);
  // The same as before for what is open: findings of ours are named after it.
  const identifier = last?.openSince === undefined ? arrival.identifier : last.identifier;
  const result = { rule, identifier, compliance, at, openSince, told: openSince === undefined };
  const others = before.results.filter((one) => one !== last);
  return take(before, [...others, result], result.told ? [] : [result]);
}

function takeDeletion(before: KnownResource, at: number): Taking {
  if (before.deletedAt !== undefined && at < before.deletedAt) return { outcome: 'outdated' };
  const untold = before.results.filter((one) => !one.told && one.at === at && one.compliance === 'none');
  if (at === before.deletedAt) return untold.length > 0 ? take(before, before.results, untold) : { outcome: 'repeat' };
  const ended = before.results
    .filter((one) => one.at <= at && one.openSince !== undefined)
    .map((one): KnownResult => ({ ...one, compliance: 'none', at, told: false }));
  // What came after it is about a resource that was made anew under the same name.
  const later = before.results.filter((one) => one.at > at);
  return take({ ...before, deletedAt: at }, [...later, ...ended], ended);
}

function take(before: KnownResource, results: readonly KnownResult[], tell: readonly KnownResult[]): Taking {
  const byAge = results.toSorted((one, other) => weigh(other) - weigh(one)).slice(0, MOST_RESULTS);
  return { outcome: 'taken', next: { ...before, revision: before.revision + 1, results: byAge }, tell };
}

/** What is open is kept in any case. */
function weigh({ at, openSince }: KnownResult): number {
  return at + (openSince === undefined ? 0 : Number.MAX_SAFE_INTEGER / 2);
}

/** The resource once `told` was handed on; undefined where nothing is left to note, since newer results took their place. */
export function noteTold(known: KnownResource, told: readonly KnownResult[]): KnownResource | undefined {
  const isTold = (one: KnownResult) =>
    !one.told && told.some(({ rule, at }) => rule.arn === one.rule.arn && at === one.at);
  if (!known.results.some(isTold)) return undefined;
  return {
    ...known,
    revision: known.revision + 1,
    results: known.results.map((one) =>
      isTold(one)
        ? { ...one, told: true, openSince: one.compliance === 'NON_COMPLIANT' ? one.openSince : undefined }
        : one,
    ),
  };
}
