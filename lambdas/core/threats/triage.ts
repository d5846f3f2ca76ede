import type { Reason } from '../errors.ts';
import { FINDING_TYPES, type Response } from './finding-types.ts';
import type { Threat } from './threat.ts';

/** How a threat is judged before anything is done. */
export type Triage =
  /** Nothing follows, and the reason is told. */
  | { readonly outcome: 'set-aside'; readonly reason: Reason }
  | { readonly outcome: 'taken'; readonly response: Response; readonly reason: Reason };

export interface TriageSettings {
  /** 0 to 100. What GuardDuty is less sure of is set aside. */
  readonly leastConfidence: number;
}

/**
 * Judges a threat. What is a sample, archived by somebody or not believed by GuardDuty itself is set aside; a type that is not in the table is never more than
 * reviewed, since nobody here has thought about what it means.
 */
export function triageThreat(threat: Threat, { leastConfidence }: TriageSettings): Triage {
  if (threat.isSample) return setAside('sample', 'GuardDuty made it as a sample: nothing happened.');
  if (threat.isArchived) return setAside('archived', 'It is archived in GuardDuty: somebody has decided about it.');
  if (threat.confidence !== undefined && threat.confidence < leastConfidence) {
    return setAside(
      'low-confidence',
      `GuardDuty itself gives it a confidence of ${threat.confidence}; under ${leastConfidence} nothing follows.`,
    );
  }
  const known = FINDING_TYPES.get(threat.type);
  if (known === undefined) {
    return taken('review', 'unknown-type', 'This type of finding is not known to Countersign: a person has to look.');
  }
  if (threat.subject.kind === 'other') {
    return taken('review', 'unknown-resource', 'Countersign does not know what it is about: a person has to look.');
  }
  return known.response === 'contain'
    ? taken('contain', 'compromise', 'It shows a compromise: what it is about has to be contained.')
    : taken('review', 'suspicion', 'It shows an attempt, an anomaly or a weak setting: a person has to look.');
}

function setAside(code: string, message: string): Triage {
  return { outcome: 'set-aside', reason: { code, message } };
}

function taken(response: Response, code: string, message: string): Triage {
  return { outcome: 'taken', response, reason: { code, message } };
}
