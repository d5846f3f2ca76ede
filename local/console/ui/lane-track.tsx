import type { StateView } from '../api.ts';
import { type Journey, LANE_TITLES, LANES, type Lane } from './lanes.ts';

/** The way of one image from event to finding: one station for each step, filled once it was reached, with the number of times. */
export function LaneTrack({
  journey,
  finding,
}: {
  readonly journey: Journey;
  readonly finding: 'open' | 'archived' | undefined;
}) {
  const spoken = LANES.map((lane) => `${LANE_TITLES[lane]} ${journey.counts[lane]}`).join(', ');
  return (
    <span class="track" role="img" aria-label={`Steps: ${spoken}`}>
      {LANES.map((lane) => (
        <Station key={lane} lane={lane} count={journey.counts[lane]} state={journey.image?.state} finding={finding} />
      ))}
    </span>
  );
}

function Station(props: {
  readonly lane: Lane;
  readonly count: number;
  readonly state: StateView | undefined;
  readonly finding: 'open' | 'archived' | undefined;
}) {
  const { lane, count, state, finding } = props;
  const colour =
    lane === 'verdict' && state !== undefined
      ? ` tone-${state}`
      : lane === 'finding' && finding === 'open'
        ? ' tone-invalid'
        : '';
  return (
    <span class={`station${count > 0 ? ' reached' : ''}${colour}`}>
      {/* a new key makes a new element, which plays the animation of arrival again */}
      <span class="pip" key={count}>
        {count > 1 ? (count > 99 ? '99+' : count) : ''}
      </span>
    </span>
  );
}

/** The names of the stations, above the tracks. */
export function LaneHeadings() {
  return (
    <span class="track headings" aria-hidden="true">
      {LANES.map((lane) => (
        <span class="station" key={lane}>
          {LANE_TITLES[lane]}
        </span>
      ))}
    </span>
  );
}
