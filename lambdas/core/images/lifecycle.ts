import { isDeepStrictEqual } from 'node:util';
import type { Digest } from '../digest.ts';
import type { ImageName } from '../image-name.ts';
import type { KnownManifest } from './candidates.ts';
import { fitDecision, type KeptDecision } from './fit-decision.ts';
import { forgetsRevocation } from './known-revocation.ts';
import { isDue, MOST_ATTEMPTS, planRecheck } from './plan-recheck.ts';
import type { VerdictRecord, VerdictState } from './verdict.ts';
import type { Observation } from './verify-image.ts';

/** What a verdict depends on besides the image itself. */
export interface Circumstances {
  /** Unix milliseconds. */
  readonly now: number;
  /** Time of the event at its source, Unix milliseconds: the grace of an image that is new to us starts there. */
  readonly seenAt: number;
  /** The tag under which it was pushed, if the event names one. */
  readonly tag: string | undefined;
  /** The digest that this tag pointed to before, where it pointed to another one. */
  readonly movedFrom?: Digest | undefined;
  readonly graceSeconds: number;
  readonly policyHash: string;
  /** A number in [0, 1), for jitter. */
  readonly random: number;
}

/** What follows from an observation. */
export interface Next {
  /** The record to store, or undefined where nothing changed. */
  readonly record: VerdictRecord | undefined;
  /** Send a message that comes back after so many seconds (1 to 900). */
  readonly recheckAfter: number | undefined;
}

const MOST_TAGS = 20;
/** An event older than this, milliseconds, is not believed: no queue on its way keeps messages longer (SQS retention). */
const OLDEST_EVENT = 14 * 86_400_000;

/**
 * The next verdict of an image (architecture, decision 8).
 *
 * - `verified` and `invalid` hold at once. No signature is `pending` until the grace is over, and then `unsigned`.
 * - What is known to be revoked stays so while nobody answers.
 * - What could not be decided leaves a verdict of the same policy as it is. Under another policy that verdict would be a guess, so the image is in `error`
 *   until it can be read. Either way it is retried, and no finding is opened or closed by it.
 * - An image that is gone leaves a row behind, also where nothing was known of it: a slower look at the time before must not find the place empty.
 *
 * `previous` has to be read before the image is looked at, and the result stored only while it is still what the table holds. Then the verdict in the end
 * depends on the state of the registry and on time, not on which events came, how often and in which order.
 */
export function nextVerdict(
  image: ImageName,
  previous: VerdictRecord | undefined,
  observation: Observation,
  at: Circumstances,
): Next {
  if (previous === undefined && observation.kind === 'ignored') return { record: undefined, recheckAfter: undefined };
  const base = carryOver(image, previous, at);
  const draft: Draft = { ...base, ...judge(base, previous, observation, at) };
  const contradicts = previous !== undefined && !isDeepStrictEqual(seenIn(previous), seenIn(draft));
  const recheckAfter = planRecheck(draft, previous, contradicts, at);
  // A look that is on its way stays on record until it has come.
  const awaited = isDue(previous, at.now) ? undefined : previous?.nextCheckAt;
  const nextCheckAt = recheckAfter === undefined ? awaited : at.now + recheckAfter * 1000;
  const complete = nextCheckAt === undefined ? draft : { ...draft, nextCheckAt };
  if (previous !== undefined && isDeepStrictEqual(draftOf(previous), withoutAbsent(complete))) {
    return { record: undefined, recheckAfter };
  }
  return { record: addRevision(complete, previous, at), recheckAfter };
}

/** Whether the finding of a record has not been handed on yet. */
export function isFindingOwed(record: VerdictRecord): boolean {
  return record.publishedRevision < record.revision;
}

type Draft = Omit<VerdictRecord, 'revision' | 'publishedRevision' | 'findingUpdatedAt'>;

function draftOf({ revision: _r, publishedRevision: _p, findingUpdatedAt: _u, ...draft }: VerdictRecord) {
  return withoutAbsent(draft);
}

function withoutAbsent({ nextCheckAt, validUntil, tagMoves, manifest, plans, ...rest }: Draft) {
  return {
    ...rest,
    ...(nextCheckAt !== undefined && { nextCheckAt }),
    ...(validUntil !== undefined && { validUntil }),
    ...(tagMoves !== undefined && { tagMoves }),
    ...(manifest !== undefined && { manifest: describeManifest(manifest) }),
    ...(plans !== undefined && { plans }),
  };
}

function describeManifest({ mediaType, size, artifactType }: KnownManifest): KnownManifest {
  return { mediaType, size, ...(artifactType !== undefined && { artifactType }) };
}

/** What was seen of the image, in the form in which two looks are compared: between `pending` and `unsigned` lies nothing but time. */
function seenIn({ state, policy, evidence, reasons }: Draft) {
  return { state: state === 'pending' ? 'unsigned' : state, policy, evidence, reasons };
}

function carryOver(image: ImageName, previous: VerdictRecord | undefined, at: Circumstances): Draft {
  // The clock of a source may be wrong: an event from the future has just been seen.
  const seenAt = Math.min(Math.max(at.seenAt, at.now - OLDEST_EVENT), at.now);
  const tags = [...new Set([...(previous?.tags ?? []), ...(at.tag === undefined ? [] : [at.tag])])].slice(-MOST_TAGS);
  const { account, region, repository, digest } = image;
  return {
    ...{ account, region, repository, digest, tags },
    tagMoves: addMove(previous?.tagMoves, at),
    manifest: previous?.manifest,
    plans: previous?.plans,
    state: previous?.state ?? 'pending',
    firstSeenAt: previous?.firstSeenAt ?? seenAt,
    graceEndsAt: findGraceEnd(previous, seenAt, at),
    attempts: previous?.attempts ?? 0,
    policyHash: at.policyHash,
    policy: previous?.policy ?? null,
    evidence: previous?.evidence ?? [],
    reasons: previous?.reasons ?? [],
    findingOpen: previous?.findingOpen ?? false,
    validUntil: previous?.validUntil,
  };
}

function addMove(moves: Draft['tagMoves'], { tag, movedFrom }: Circumstances): Draft['tagMoves'] {
  if (tag === undefined || movedFrom === undefined) return moves;
  return [...(moves ?? []).filter((move) => move.tag !== tag), { tag, from: movedFrom }].slice(-MOST_TAGS);
}

function findGraceEnd(previous: VerdictRecord | undefined, seenAt: number, at: Circumstances): number {
  const grace = at.graceSeconds * 1000;
  if (previous === undefined) return seenAt + grace;
  switch (previous.state) {
    case 'gone':
    case 'ignored':
      // It is there again, or counts again, since we last looked, however old the event is that says so.
      return Math.min(Math.max(seenAt, previous.findingUpdatedAt), at.now) + grace;
    case 'pending':
    case 'error':
      // Another policy may give more time, and one that cannot be used knows of none.
      return previous.policyHash === at.policyHash
        ? previous.graceEndsAt
        : Math.max(previous.graceEndsAt, previous.firstSeenAt + grace);
    default:
      return previous.graceEndsAt;
  }
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
      return {
        state: observation.kind,
        attempts: 0,
        policy: null,
        evidence: [],
        reasons: [],
        validUntil: undefined,
        findingOpen: false,
      };
    case 'undecided':
      return stayUndecided(base, previous, at, { policy: null, evidence: [], reasons: [observation.reason] });
    case 'decided': {
      const { verdict } = observation.decision;
      if (verdict === 'error' || forgetsRevocation(previous, observation.decision, at.policyHash)) {
        return stayUndecided(base, previous, at, observation.decision);
      }
      const state: VerdictState = verdict === 'unsigned' && at.now < base.graceEndsAt ? 'pending' : verdict;
      const findingOpen = state === 'pending' ? base.findingOpen : state !== 'verified';
      const { validUntil } = observation.decision;
      const manifest = observation.manifest ?? base.manifest;
      return { ...fitDecision(observation.decision), manifest, validUntil, state, attempts: 0, findingOpen };
    }
  }
}

function stayUndecided(
  base: Draft,
  previous: VerdictRecord | undefined,
  at: Circumstances,
  why: KeptDecision,
): Partial<Draft> {
  const attempts = Math.max(1, Math.min(base.attempts + (isDue(previous, at.now) ? 1 : 0), MOST_ATTEMPTS));
  const stands =
    previous?.policyHash === at.policyHash &&
    (previous.validUntil === undefined || at.now < previous.validUntil) &&
    (previous.state === 'verified' || previous.state === 'unsigned' || previous.state === 'invalid');
  return stands ? { attempts } : { ...fitDecision(why), validUntil: undefined, state: 'error', attempts };
}

function addRevision(draft: Draft, previous: VerdictRecord | undefined, at: Circumstances): VerdictRecord {
  const revision = (previous?.revision ?? 0) + 1;
  // A finding that was owed before stays owed, whatever is seen meanwhile.
  const owed = owesFinding(draft, previous) || (previous !== undefined && isFindingOwed(previous));
  return {
    ...withoutAbsent(draft),
    revision,
    publishedRevision: owed ? (previous?.publishedRevision ?? 0) : revision,
    findingUpdatedAt: Math.max(at.now, (previous?.findingUpdatedAt ?? 0) + 1),
  };
}

/** A finding is owed where it would say something new: a verdict, or the end of an open one. */
function owesFinding(draft: Draft, previous: VerdictRecord | undefined): boolean {
  switch (draft.state) {
    case 'verified':
    case 'unsigned':
    case 'invalid':
      return previous === undefined || !isDeepStrictEqual(toldBy(previous), toldBy(draft));
    case 'gone':
    case 'ignored':
      return previous?.findingOpen === true;
    case 'pending':
    case 'error':
      return false;
  }
}

/** What the finding of a record tells. */
function toldBy({ state, policy, policyHash, evidence, reasons, tags, tagMoves = [] }: Draft) {
  return { state, policy, policyHash, evidence, reasons, tags, tagMoves };
}
