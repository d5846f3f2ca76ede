import { type StateView, verdictStates } from '../api.ts';
import { moveFocusByArrows } from './arrow-keys.ts';

export interface StateFilterProps {
  readonly counts: ReadonlyMap<StateView, number>;
  readonly total: number;
  readonly chosen: StateView | undefined;
  readonly onChoose: (state: StateView | undefined) => void;
}

/** How many images there are in each state; a press shows only those. */
export function StateFilter({ counts, total, chosen, onChoose }: StateFilterProps) {
  const shown = verdictStates.filter((state) => counts.has(state) || state === chosen);
  return (
    <fieldset class="filter" aria-label="Show images by state" onKeyDown={moveFocusByArrows}>
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
