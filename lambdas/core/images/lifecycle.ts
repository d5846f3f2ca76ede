import type { ImageName } from '../image-name.ts';
import type { VerdictRecord, VerdictState } from './verdict.ts';
import type { Observation } from './verify-image.ts';

/** What a verdict depends on besides the image itself. */
export interface Circumstances {
  /** Unix milliseconds. */
  readonly now: number;
  /** Time of the event at its source, Unix milliseconds: the grace of an image that is new to us starts there. */
  readonly seenAt: number;
  readonly tag: string | undefined;
  readonly graceSeconds: number;
  readonly policyHash: string;
  /** A number in [0, 1), for jitter. */
  readonly random: number;
}

/** What follows from an observation. */
export interface Next {
  /** The record to store, or undefined where nothing changed. */
  readonly record: VerdictRecord | undefined;
  /** Send a message that comes back after so many seconds (SQS delays reach 900). */
  readonly recheckAfter: number | undefined;
  /** Undecided for good: no more retries, the sweep will come back to it. */
  readonly givenUp: boolean;
}

/** After this many undecided looks in a row the image is left to the sweep. */
const MOST_ATTEMPTS = 8;
const MOST_TAGS = 20;
/** Longest delay of an SQS message (SQS API Reference, SendMessage, DelaySeconds). */
const LONGEST_DELAY = 900;

/**
 * The next verdict of an image (architecture, decision 8). `verified` and `invalid` hold at once; no signature is `pending` until the grace is over and then
 * `unsigned`; what could not be decided is retried and never changes a verdict that the same policy made. The result depends on the observation and on how
 * much time has passed, not on which events brought it here, so duplicates, reordering and losses end in the same state.
 */
export function nextVerdict(
  image: ImageName,
  previous: VerdictRecord | undefined,
  observation: Observation,
  at: Circumstances,
): Next {
  if (previous === undefined && (observation.kind === 'gone' || observation.kind === 'ignored')) return NOTHING;
  const base = startRecord(image, previous, at);
  const judged = { ...base, ...judge(base, previous, observation, at) };
  const recheckAfter = planRecheck(judged, previous, at);
  const record = {
    ...judged,
    nextCheckAt: recheckAfter === undefined ? keptCheck(judged, previous, at) : at.now + recheckAfter * 1000,
  };
  const givenUp = record.attempts >= MOST_ATTEMPTS;
  if (previous !== undefined && isSame(previous, record)) return { record: undefined, recheckAfter, givenUp };
  return { record: finish(record, previous, at), recheckAfter, givenUp };
}

const NOTHING: Next = { record: undefined, recheckAfter: undefined, givenUp: false };

type Draft = Omit<VerdictRecord, 'revision' | 'publishedRevision' | 'findingUpdatedAt'>;

function startRecord(image: ImageName, previous: VerdictRecord | undefined, at: Circumstances): Draft {
  // The clock of a source may be wrong: an event from the future has just been seen.
  const seenAt = Math.min(at.seenAt, at.now);
  const tags = at.tag === undefined ? [] : [at.tag];
  const known = previous ?? {
    state: 'pending' as const,
    firstSeenAt: seenAt,
    attempts: 0,
    tags: [],
    policy: null,
    evidence: [],
    reasons: [],
    findingOpen: false,
  };
  const revived = previous === undefined || previous.state === 'gone' || previous.state === 'ignored';
  return {
    account: image.account,
    region: image.region,
    repository: image.repository,
    digest: image.digest,
    state: known.state,
    firstSeenAt: known.firstSeenAt,
    graceEndsAt: revived ? seenAt + at.graceSeconds * 1000 : previous.graceEndsAt,
    attempts: known.attempts,
    tags: [...new Set([...known.tags, ...tags])].slice(-MOST_TAGS),
    policyHash: at.policyHash,
    policy: known.policy,
    evidence: known.evidence,
    reasons: known.reasons,
    findingOpen: known.findingOpen,
  };
}

function judge(
  base: Draft,
  previous: VerdictRecord | undefined,
  observation: Observation,
  at: Circumstances,
): Partial<Draft> {
  switch (observation.kind) {
    case 'gone':
    case 'ignored':
      return { state: observation.kind, attempts: 0, policy: null, evidence: [], reasons: [], findingOpen: false };
    case 'undecided':
      return keepUndecided(base, previous, at, { policy: null, evidence: [], reasons: [observation.reason] });
    case 'decided': {
      const { verdict, policy, evidence, reasons } = observation.decision;
      if (verdict === 'error') return keepUndecided(base, previous, at, { policy, evidence, reasons });
      const state: VerdictState = verdict === 'unsigned' && at.now < base.graceEndsAt ? 'pending' : verdict;
      const findingOpen = state === 'pending' ? base.findingOpen : state !== 'verified';
      return { state, attempts: 0, policy, evidence, reasons, findingOpen };
    }
  }
}

/** A verdict stays as long as the policy that made it is in force. Under another policy it would be a guess, so the image is in `error` until it can be read. */
function keepUndecided(
  base: Draft,
  previous: VerdictRecord | undefined,
  at: Circumstances,
  why: Pick<Draft, 'policy' | 'evidence' | 'reasons'>,
): Partial<Draft> {
  const attempts = Math.min(base.attempts + (isDue(previous, at) ? 1 : 0), MOST_ATTEMPTS);
  const stands =
    previous !== undefined &&
    previous.policyHash === at.policyHash &&
    (previous.state === 'verified' || previous.state === 'unsigned' || previous.state === 'invalid');
  return stands ? { attempts: Math.max(attempts, 1) } : { state: 'error', attempts: Math.max(attempts, 1), ...why };
}

/** Whether the message that was on its way is this one (or was lost): only then is another sent, so that duplicates do not multiply. */
function isDue(previous: VerdictRecord | undefined, at: Circumstances): boolean {
  return previous?.nextCheckAt === undefined || at.now >= previous.nextCheckAt - 1000;
}

function planRecheck(draft: Draft, previous: VerdictRecord | undefined, at: Circumstances): number | undefined {
  const sameWait = previous !== undefined && previous.state === draft.state && !isDue(previous, at);
  if (sameWait) return undefined;
  if (draft.attempts > 0) {
    if (draft.attempts >= MOST_ATTEMPTS) return undefined;
    const longest = Math.min(LONGEST_DELAY, 15 * 2 ** (draft.attempts - 1));
    return Math.ceil(longest * (0.5 + at.random / 2));
  }
  return draft.state === 'pending' ? pendingDelay(draft, at.now) : undefined;
}

/** Soon after the push signatures are likely, later less so; the last look is when the grace ends. */
function pendingDelay({ firstSeenAt, graceEndsAt }: Draft, now: number): number {
  const waited = now - firstSeenAt;
  const step = waited < 15_000 ? 15 : waited < 75_000 ? 60 : 300;
  const left = Math.ceil((graceEndsAt - now) / 1000);
  return Math.max(1, Math.min(step, left, LONGEST_DELAY));
}

/** A look that is still on its way stays on record while it is waited for. */
function keptCheck(draft: Draft, previous: VerdictRecord | undefined, at: Circumstances): number | undefined {
  const waits = draft.state === 'pending' || draft.attempts > 0;
  return waits && previous !== undefined && !isDue(previous, at) ? previous.nextCheckAt : undefined;
}

function isSame(previous: VerdictRecord, record: Draft): boolean {
  const strip = ({ revision: _r, publishedRevision: _p, findingUpdatedAt: _u, ...rest }: VerdictRecord): Draft => rest;
  return canonical(strip(previous)) === canonical(record);
}

function canonical(draft: Draft): string {
  return JSON.stringify(
    Object.entries(draft)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function finish(draft: Draft, previous: VerdictRecord | undefined, at: Circumstances): VerdictRecord {
  const revision = (previous?.revision ?? 0) + 1;
  const owed = owesFinding(draft, previous);
  return {
    ...draft,
    revision,
    publishedRevision: owed ? (previous?.publishedRevision ?? 0) : revision,
    findingUpdatedAt: Math.max(at.now, (previous?.findingUpdatedAt ?? 0) + 1),
  };
}

/** A finding is owed where it would say something new: a verdict, or the end of an open one. A finding that was owed before stays owed. */
function owesFinding(draft: Draft, previous: VerdictRecord | undefined): boolean {
  const owedBefore = previous !== undefined && previous.publishedRevision < previous.revision;
  switch (draft.state) {
    case 'verified':
    case 'unsigned':
    case 'invalid':
      return owedBefore || previous === undefined || !saysSame(previous, draft);
    case 'gone':
    case 'ignored':
      return owedBefore || previous?.findingOpen === true;
    case 'pending':
    case 'error':
      return false;
  }
}

function saysSame(previous: VerdictRecord, draft: Draft): boolean {
  const said = ({ state, policy, policyHash, reasons, evidence, tags }: Draft) =>
    JSON.stringify([state, policy, policyHash, reasons, evidence, tags]);
  return said(previous) === said(draft);
}

/** Whether the finding of a record has not been handed on yet. */
export function isFindingOwed(record: VerdictRecord): boolean {
  return record.publishedRevision < record.revision;
}
