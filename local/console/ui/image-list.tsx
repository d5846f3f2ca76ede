import type { FindingView } from '../api.ts';
import { moveFocusByArrows } from './arrow-keys.ts';
import { clockTime, shortDigest } from './format.ts';
import { LaneHeadings, LaneTrack } from './lane-track.tsx';
import type { Journey } from './lanes.ts';
import { Notice } from './notice.tsx';
import { VerdictChip } from './verdict-chip.tsx';

export interface ImageListProps {
  readonly journeys: readonly Journey[];
  readonly findings: ReadonlyMap<string, FindingView>;
  readonly selected: string | undefined;
  readonly filtered: boolean;
  readonly onSelect: (trace: string) => void;
}

/** The live timeline: every image with the steps it has passed, newest first. */
export function ImageList({ journeys, findings, selected, filtered, onSelect }: ImageListProps) {
  if (journeys.length === 0) {
    return filtered ? (
      <Notice title="No image in this state">Choose another state above, or all.</Notice>
    ) : (
      <Notice title="No image yet">Push one with a scenario: its way from event to finding appears here.</Notice>
    );
  }
  const reachable = journeys.some(({ trace }) => trace === selected) ? selected : journeys[0]?.trace;
  return (
    <>
      <div class="row-headings" aria-hidden="true">
        <span>Image</span>
        <LaneHeadings />
        <span>State</span>
      </div>
      <ul class="images" onKeyDown={moveFocusByArrows}>
        {journeys.map((journey) => (
          <li key={journey.trace}>
            <ImageRow
              journey={journey}
              finding={findings.get(journey.trace)}
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

function ImageRow(props: {
  readonly journey: Journey;
  readonly finding: FindingView | undefined;
  readonly selected: boolean;
  readonly reachable: boolean;
  readonly onSelect: (trace: string) => void;
}) {
  const { journey, finding, selected, reachable, onSelect } = props;
  const tag = journey.image?.tags[0];
  return (
    <button
      type="button"
      class="image-row"
      data-arrow-stop
      tabIndex={reachable ? 0 : -1}
      aria-current={selected ? 'true' : undefined}
      onClick={() => onSelect(journey.trace)}
      onFocus={(event) => event.currentTarget.scrollIntoView({ block: 'nearest' })}
    >
      <span class="image-name">
        <span class="repository">
          {journey.repository}
          {tag === undefined ? null : <span class="tag">:{tag}</span>}
        </span>
        <span class="digest">
          {shortDigest(journey.digest)} · {clockTime(journey.startedAt).slice(0, 8)}
        </span>
      </span>
      <LaneTrack journey={journey} finding={findingState(finding)} />
      <VerdictChip state={journey.image?.state} />
    </button>
  );
}

function findingState(finding: FindingView | undefined): 'open' | 'archived' | undefined {
  if (finding === undefined) return undefined;
  return finding.recordState === 'ACTIVE' ? 'open' : 'archived';
}
