import type { FindingView } from '../api.ts';
import { moveFocusByArrows } from './arrow-keys.ts';
import { clockTime, shortDigest } from './format.ts';
import { LaneHeadings, LaneTrack } from './lane-track.tsx';
import type { Journey, Kind } from './lanes.ts';
import { Notice } from './notice.tsx';
import { StateChip } from './state-chip.tsx';

export interface JourneyListProps {
  readonly journeys: readonly Journey[];
  readonly findings: ReadonlyMap<string, readonly FindingView[]>;
  readonly selected: string | undefined;
  readonly filtered: boolean;
  readonly onSelect: (trace: string) => void;
}

const TITLES: Readonly<Record<Kind, string>> = { image: 'Image', principal: 'Role or user' };

/** The live timeline: principals and images with the steps they have passed, newest first. */
export function JourneyList({ journeys, filtered, ...rest }: JourneyListProps) {
  if (journeys.length === 0) {
    return filtered ? (
      <Notice title="Nothing in this state">Choose another state above, or all.</Notice>
    ) : (
      <Notice title="Nothing yet">Run a scenario: its way from event to finding appears here.</Notice>
    );
  }
  return (
    <>
      {(['principal', 'image'] as const).map((kind) => (
        <Group key={kind} kind={kind} journeys={journeys.filter(({ about }) => about.kind === kind)} {...rest} />
      ))}
    </>
  );
}

function Group({
  kind,
  journeys,
  findings,
  selected,
  onSelect,
}: Omit<JourneyListProps, 'filtered'> & { readonly kind: Kind }) {
  if (journeys.length === 0) return null;
  const reachable = journeys.some(({ trace }) => trace === selected) ? selected : journeys[0]?.trace;
  return (
    <>
      <div class="row-headings" aria-hidden="true">
        <span>{TITLES[kind]}</span>
        <LaneHeadings kind={kind} />
        <span>State</span>
      </div>
      <ul class="journeys" onKeyDown={moveFocusByArrows}>
        {journeys.map((journey) => (
          <li key={journey.trace}>
            <JourneyRow
              journey={journey}
              finding={findingState(findings.get(journey.trace))}
              selected={journey.trace === selected}
              reachable={journey.trace === reachable}
              onSelect={onSelect}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

function JourneyRow(props: {
  readonly journey: Journey;
  readonly finding: 'open' | 'archived' | undefined;
  readonly selected: boolean;
  readonly reachable: boolean;
  readonly onSelect: (trace: string) => void;
}) {
  const { journey, finding, selected, reachable, onSelect } = props;
  const { about } = journey;
  const tag = about.kind === 'image' ? about.image?.tags[0] : undefined;
  const time = clockTime(journey.startedAt).slice(0, 8);
  return (
    <button
      type="button"
      class="journey-row"
      data-arrow-stop
      tabIndex={reachable ? 0 : -1}
      aria-current={selected ? 'true' : undefined}
      onClick={() => onSelect(journey.trace)}
      onFocus={(event) => event.currentTarget.scrollIntoView({ block: 'nearest' })}
    >
      <span class="journey-name">
        <span class="repository">
          {journey.name}
          {tag === undefined ? null : <span class="tag">:{tag}</span>}
        </span>
        <span class="digest">{about.kind === 'image' ? `${shortDigest(about.digest)} · ${time}` : time}</span>
      </span>
      <LaneTrack journey={journey} finding={finding} />
      <StateChip state={journey.state} />
    </button>
  );
}

function findingState(findings: readonly FindingView[] = []): 'open' | 'archived' | undefined {
  if (findings.length === 0) return undefined;
  return findings.some(({ recordState }) => recordState === 'ACTIVE') ? 'open' : 'archived';
}
