import { type Journey, type Kind, LANE_TITLES, LANES, type Lane, type SubjectState } from './lanes.ts';

/** The way of one subject from event to finding: one station for each step, filled once it was reached, with the number of times. */
export function LaneTrack({
  journey,
  finding,
}: {
  readonly journey: Journey;
  readonly finding: 'open' | 'archived' | undefined;
}) {
  const lanes = LANES[journey.about.kind];
  const spoken = lanes.map((lane) => `${LANE_TITLES[lane]} ${journey.counts[lane]}`).join(', ');
  return (
    <span class="track" role="img" aria-label={`Steps: ${spoken}`}>
      {lanes.map((lane) => (
        <Station key={lane} lane={lane} count={journey.counts[lane]} state={journey.state} finding={finding} />
      ))}
    </span>
  );
}

function Station(props: {
  readonly lane: Lane;
  readonly count: number;
  readonly state: SubjectState | undefined;
  readonly finding: 'open' | 'archived' | undefined;
}) {
  const { count } = props;
  return (
    <span class={`station${count > 0 ? ' reached' : ''}${colourOf(props)}`}>
      {/* a new key makes a new element, which plays the animation of arrival again */}
      <span class="pip" key={count}>
        {count > 1 ? (count > 99 ? '99+' : count) : ''}
      </span>
    </span>
  );
}

function colourOf({ lane, state, finding }: Omit<Parameters<typeof Station>[0], 'count'>): string {
  if ((lane === 'verdict' || lane === 'drift') && state !== undefined) return ` tone-${state}`;
  if (lane === 'verified') return ' tone-verified';
  return lane === 'finding' && finding === 'open' ? ' tone-invalid' : '';
}

/** The names of the stations, above the tracks. */
export function LaneHeadings({ kind }: { readonly kind: Kind }) {
  return (
    <span class="track headings" aria-hidden="true">
      {LANES[kind].map((lane) => (
        <span class="station" key={lane}>
          {LANE_TITLES[lane]}
        </span>
      ))}
    </span>
  );
}
