import type { DriftFacts } from '../../findings/drift-finding.ts';

/** What one look at a principal or policy comes to, without who and when. */
export interface DriftObservation
  extends Pick<
    DriftFacts,
    'state' | 'verdict' | 'deviations' | 'paths' | 'actor' | 'actors' | 'protection' | 'plans' | 'details'
  > {
  /** When the password of the user was last set anew, as far as that still matters: no later look could find it out. Unix milliseconds. */
  readonly passwordSetAt?: number | undefined;
}

/** The drift of one principal or policy on record: one row. Only what once deviated has one. */
export interface DriftRecord extends DriftObservation {
  readonly account: string;
  readonly resource: string;
  readonly firstSeenAt: number;
  readonly findingUpdatedAt: number;
  readonly revision: number;
  /** Counts the times that what was covered deviated anew: plans of different times are different plans. */
  readonly episode: number;
  /** Of the finding that was handed on last. */
  readonly publishedRevision: number;
}

/**
 * The record after a look, or undefined where nothing changed: what is as it was signed and never was otherwise leaves no trace. A look without knowledge of an
 * actor keeps the one that is known. `UpdatedAt` of a finding only grows (Security Hub drops older ones).
 */
export function nextDrift(
  name: Pick<DriftRecord, 'account' | 'resource'>,
  previous: DriftRecord | undefined,
  seen: DriftObservation,
  now: number,
): DriftRecord | undefined {
  if (previous === undefined) {
    if (seen.state === 'covered' || seen.state === 'gone') return undefined;
    const actors = noteActor([], seen.actor);
    return {
      ...name,
      ...seen,
      actors,
      firstSeenAt: now,
      findingUpdatedAt: now,
      revision: 1,
      episode: 1,
      publishedRevision: 0,
    };
  }
  const actors = noteActor(previous.actors ?? [], seen.actor);
  const next = { ...seen, actor: seen.actor ?? previous.actor, actors };
  if (contentOf(next) === contentOf(previous)) return undefined;
  return {
    ...name,
    ...next,
    firstSeenAt: previous.firstSeenAt,
    findingUpdatedAt: Math.max(now, previous.findingUpdatedAt + 1),
    revision: previous.revision + 1,
    episode: episodeOf(previous, seen),
    publishedRevision: previous.publishedRevision,
  };
}

/** Who are at it, the last to change something at the end. */
function noteActor(actors: readonly string[], actor: string | undefined): readonly string[] {
  return actor === undefined ? actors : [...actors.filter((one) => one !== actor), actor].slice(-MOST_ACTORS);
}

const MOST_ACTORS = 4;

/** Whether Security Hub has not been told yet what the record says. */
export function isDriftFindingOwed({ revision, publishedRevision }: DriftRecord): boolean {
  return revision > publishedRevision;
}

/**
 * The episode that a look belongs to; `plans` as the ledger has them now. What deviates because an operator took a plan back, or denied it, is no new episode: the plan of the old one stands, and is
 * not carried out again.
 */
export function episodeOf(
  previous: DriftRecord | undefined,
  { state, plans }: Pick<DriftObservation, 'state' | 'plans'>,
): number {
  if (previous === undefined) return 1;
  const begins = isQuiet(previous.state) && !isQuiet(state);
  const isOurs = plans.some((plan) => ['undoing', 'undone', 'denied'].includes(plan.state));
  return previous.episode + (begins && !isOurs ? 1 : 0);
}

function isQuiet(state: DriftObservation['state']): boolean {
  return state === 'covered' || state === 'gone';
}

function contentOf(observation: DriftObservation): string {
  const { state, verdict, deviations, paths, actor, actors = [], protection, plans, passwordSetAt } = observation;
  return JSON.stringify([state, verdict, deviations, paths, actor, actors, protection, plans, passwordSetAt]);
}
