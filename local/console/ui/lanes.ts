import type { ImageView, StateView, TimelineEntryView } from '../api.ts';

/** The stations that an image passes, in order. */
export const LANES = ['event', 'rule', 'queue', 'function', 'verdict', 'finding'] as const;
export type Lane = (typeof LANES)[number];

export const LANE_TITLES: Readonly<Record<Lane, string>> = {
  event: 'Event',
  rule: 'Rule',
  queue: 'Queue',
  function: 'Function',
  verdict: 'Verdict',
  finding: 'Finding',
};

/** One image with everything that happened to it. */
export interface Journey {
  readonly trace: string;
  readonly repository: string;
  readonly digest: string;
  readonly image: ImageView | undefined;
  readonly entries: readonly TimelineEntryView[];
  readonly counts: Readonly<Record<Lane, number>>;
  readonly troubles: number;
  readonly startedAt: number;
}

/** Groups the timeline by image, newest image first; images that the timeline does not know (any more) come along. */
export function groupJourneys(entries: readonly TimelineEntryView[], images: readonly ImageView[]): Journey[] {
  const byTrace = new Map<string, TimelineEntryView[]>(images.map((image) => [image.trace, []]));
  for (const entry of entries) {
    if (entry.trace === undefined) continue;
    const known = byTrace.get(entry.trace);
    if (known === undefined) byTrace.set(entry.trace, [entry]);
    else known.push(entry);
  }
  const imageOf = new Map(images.map((image) => [image.trace, image]));
  return [...byTrace]
    .map(([trace, own]) => describeJourney(trace, own, imageOf.get(trace)))
    .filter((journey) => journey.image !== undefined || journey.counts.event > 0)
    .sort((a, b) => b.startedAt - a.startedAt || (a.trace < b.trace ? -1 : 1));
}

function describeJourney(trace: string, entries: readonly TimelineEntryView[], image: ImageView | undefined): Journey {
  const counts = { event: 0, rule: 0, queue: 0, function: 0, verdict: 0, finding: 0 };
  let troubles = 0;
  for (const { step } of entries) {
    if (isLane(step)) counts[step] += 1;
    else if (step !== 'api') troubles += 1;
  }
  const [repository = trace, digest = ''] = trace.split('@');
  // what the account saw first; the image's own time is that of its event, in whole seconds
  const startedAt = entries[0]?.at ?? image?.firstSeenAt ?? 0;
  return { trace, repository, digest, image, entries, counts, troubles, startedAt };
}

function isLane(step: TimelineEntryView['step']): step is Lane {
  return LANES.some((lane) => lane === step);
}

/** How many images there are in each state. */
export function countStates(journeys: readonly Journey[]): ReadonlyMap<StateView, number> {
  const counts = new Map<StateView, number>();
  for (const { image } of journeys) {
    if (image !== undefined) counts.set(image.state, (counts.get(image.state) ?? 0) + 1);
  }
  return counts;
}
