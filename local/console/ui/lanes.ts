import {
  type DriftStateView,
  driftStates,
  type ImageView,
  type PlanView,
  type PrincipalView,
  type StateOfThings,
  type StateView,
  type TimelineEntryView,
  verdictStates,
} from '../api.ts';

/** The stations that a subject passes, in order. */
export const LANES = {
  image: ['event', 'rule', 'queue', 'function', 'verdict', 'finding'],
  principal: ['event', 'drift', 'plan', 'call', 'verified', 'finding'],
} as const;
export type Kind = keyof typeof LANES;
export type Lane = (typeof LANES)[Kind][number];

export const LANE_TITLES: Readonly<Record<Lane, string>> = {
  event: 'Event',
  rule: 'Rule',
  queue: 'Queue',
  function: 'Function',
  verdict: 'Verdict',
  drift: 'Drift',
  plan: 'Plan',
  call: 'Calls',
  verified: 'Verified',
  finding: 'Finding',
};

/** Where an image or a principal stands. */
export type SubjectState = StateView | DriftStateView;
export const SUBJECT_STATES: readonly SubjectState[] = [...new Set([...verdictStates, ...driftStates])];

/** One image or principal with everything that happened to it. */
export interface Journey {
  readonly trace: string;
  /** Repository of an image, `role/app` of a principal. */
  readonly name: string;
  readonly about:
    | { readonly kind: 'image'; readonly digest: string; readonly image: ImageView | undefined }
    | { readonly kind: 'principal'; readonly principal: PrincipalView | undefined };
  /** Undefined where nothing is decided, or nothing deviates. */
  readonly state: SubjectState | undefined;
  /** Oldest first. */
  readonly plans: readonly PlanView[];
  readonly entries: readonly TimelineEntryView[];
  readonly counts: Readonly<Record<Lane, number>>;
  readonly troubles: number;
  readonly startedAt: number;
}

/** Groups the timeline by subject, newest first; subjects that the timeline does not know (any more) come along. */
export function groupJourneys(
  entries: readonly TimelineEntryView[],
  { images, principals, plans }: Omit<StateOfThings, 'findings'>,
): Journey[] {
  const byTrace = new Map<string, TimelineEntryView[]>([...images, ...principals].map(({ trace }) => [trace, []]));
  for (const entry of entries) {
    if (entry.trace === undefined) continue;
    const known = byTrace.get(entry.trace);
    if (known === undefined) byTrace.set(entry.trace, [entry]);
    else known.push(entry);
  }
  const imageOf = new Map(images.map((image) => [image.trace, image]));
  const principalOf = new Map(principals.map((principal) => [principal.trace, principal]));
  return [...byTrace]
    .map(([trace, own]) =>
      describeJourney(
        trace,
        own,
        imageOf.get(trace) ?? principalOf.get(trace),
        plans.filter((plan) => plan.trace === trace),
      ),
    )
    .filter(({ state, counts }) => state !== undefined || counts.event > 0)
    .sort((a, b) => b.startedAt - a.startedAt || (a.trace < b.trace ? -1 : 1));
}

function describeJourney(
  trace: string,
  entries: readonly TimelineEntryView[],
  subject: ImageView | PrincipalView | undefined,
  plans: readonly PlanView[],
): Journey {
  const counts: Record<Lane, number> = {
    ...{ event: 0, rule: 0, queue: 0, function: 0, verdict: 0, finding: 0 },
    ...{ drift: 0, plan: 0, call: 0, verified: 0 },
  };
  let troubles = 0;
  for (const { step } of entries) {
    if (step === 'fault' || step === 'dead-letter') troubles += 1;
    else if (step !== 'api') counts[step] += 1;
  }
  // what the account saw first; the subject's own time is that of its event, in whole seconds
  const startedAt = entries[0]?.at ?? subject?.firstSeenAt ?? 0;
  return {
    trace,
    ...describeSubject(trace, subject),
    state: subject?.state,
    plans,
    entries,
    counts,
    troubles,
    startedAt,
  };
}

function describeSubject(
  trace: string,
  subject: ImageView | PrincipalView | undefined,
): Pick<Journey, 'name' | 'about'> {
  if (trace.startsWith('arn:')) {
    const principal = subject !== undefined && 'deviations' in subject ? subject : undefined;
    return { name: trace.replace(/^arn:[^:]*:iam::\d{12}:/, ''), about: { kind: 'principal', principal } };
  }
  const [name = trace, digest = ''] = trace.split('@');
  const image = subject !== undefined && 'digest' in subject ? subject : undefined;
  return { name, about: { kind: 'image', digest, image } };
}

/** How many subjects there are in each state. */
export function countStates(journeys: readonly Journey[]): ReadonlyMap<SubjectState, number> {
  const counts = new Map<SubjectState, number>();
  for (const { state } of journeys) if (state !== undefined) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}
