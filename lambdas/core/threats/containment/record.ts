import type { PlanFacts } from '../../findings/plan-text.ts';
import type { Threat } from '../threat.ts';

/** A finding of GuardDuty as far as the containment of its target goes. */
export interface SeenThreat extends Pick<Threat, 'id' | 'arn' | 'type' | 'severity' | 'updatedAt' | 'count'> {
  readonly isClosed: boolean;
}

/** What one look at a target comes to. */
export interface ContainmentObservation {
  readonly threats: readonly SeenThreat[];
  readonly plans: readonly PlanFacts[];
  /** Why nothing is planned, in words. */
  readonly hindrance?: string | undefined;
  /** What else is known of the principal: recent drift, ways to more rights. */
  readonly joined: readonly string[];
  /** Ids of our own findings that belong to it. */
  readonly related: readonly string[];
}

/** The containment of one target on record: one row, one finding. */
export interface ContainmentRecord extends ContainmentObservation {
  readonly target: string;
  readonly account: string;
  readonly firstSeenAt: number;
  readonly findingUpdatedAt: number;
  readonly revision: number;
  /** Counts the times that containment was wanted anew: plans of different times are different plans. */
  readonly episode: number;
  /** When this episode began, Unix milliseconds. */
  readonly since: number;
  /** Of the finding that was handed on last. */
  readonly publishedRevision: number;
}

/** Findings of GuardDuty that are kept of one target, the newest. Security Hub takes as many related findings (API Reference, AwsSecurityFinding). */
const MOST_THREATS = 8;

/** The threats of a target with a newer version of one of them, the newest at the end. An older version changes nothing. */
export function addThreat(known: readonly SeenThreat[], threat: SeenThreat): readonly SeenThreat[] {
  const before = known.find(({ id }) => id === threat.id);
  if (before !== undefined && before.updatedAt > threat.updatedAt) return known;
  return [...known.filter(({ id }) => id !== threat.id), threat].slice(-MOST_THREATS);
}

/**
 * Whether containment is wanted anew: what was taken away by others, or ended by itself and was seen at it again, begins another time. What an operator denied or took back
 * is their decision about the threats that they saw: only another one begins anew. A plan of this time that failed waits for them as well.
 */
export function beginsAnew(
  plan: Pick<PlanFacts, 'state' | 'failureCode' | 'undoneBy'> | undefined,
  threat: 'new' | 'repeated' | 'none',
): boolean {
  switch (plan?.state) {
    case 'failed':
      return plan.undoneBy === undefined && plan.failureCode === 'taken-away';
    case 'expired':
      return threat !== 'none';
    case 'undone':
      return plan.undoneBy === 'time' ? threat !== 'none' : threat === 'new';
    case 'denied':
      return threat === 'new';
    default:
      return false;
  }
}

/** The record after a look, or undefined where nothing changed. `UpdatedAt` of a finding only grows (Security Hub drops older ones). */
export function nextContainment(
  name: Pick<ContainmentRecord, 'target' | 'account'>,
  previous: ContainmentRecord | undefined,
  seen: ContainmentObservation,
  { episode, since, now }: { readonly episode: number; readonly since: number; readonly now: number },
): ContainmentRecord | undefined {
  if (previous === undefined) {
    return {
      ...{ ...name, ...seen, episode, since },
      ...{ firstSeenAt: now, findingUpdatedAt: now, revision: 1, publishedRevision: 0 },
    };
  }
  const isSame = contentOf(seen) === contentOf(previous) && episode === previous.episode;
  if (isSame) return undefined;
  return {
    ...{ ...name, ...seen, episode, since },
    firstSeenAt: previous.firstSeenAt,
    findingUpdatedAt: Math.max(now, previous.findingUpdatedAt + 1),
    revision: previous.revision + 1,
    publishedRevision: previous.publishedRevision,
  };
}

function contentOf({ threats, plans, hindrance, joined, related }: ContainmentObservation): string {
  return JSON.stringify([threats, plans, hindrance, joined, related]);
}
