import { moveFocusByArrows } from './arrow-keys.ts';
import { SUBJECT_STATES, type SubjectState } from './lanes.ts';

export interface StateFilterProps {
  readonly counts: ReadonlyMap<SubjectState, number>;
  readonly total: number;
  readonly chosen: SubjectState | undefined;
  readonly onChoose: (state: SubjectState | undefined) => void;
}

/** How many images and principals there are in each state; a press shows only those. */
export function StateFilter({ counts, total, chosen, onChoose }: StateFilterProps) {
  const shown = SUBJECT_STATES.filter((state) => counts.has(state) || state === chosen);
  return (
    <fieldset class="filter" aria-label="Show by state" onKeyDown={moveFocusByArrows}>
      <button type="button" data-arrow-stop aria-pressed={chosen === undefined} onClick={() => onChoose(undefined)}>
        all <b>{total}</b>
      </button>
      {shown.map((state) => (
        <button
          type="button"
          key={state}
          data-arrow-stop
          class={`tone-${state}`}
          aria-pressed={chosen === state}
          onClick={() => onChoose(chosen === state ? undefined : state)}
        >
          {state} <b>{counts.get(state) ?? 0}</b>
        </button>
      ))}
    </fieldset>
  );
}
