import type { FaultsView } from '../api.ts';

export interface FaultPanelProps {
  readonly faults: FaultsView;
  readonly onChange: (faults: FaultsView) => Promise<void>;
}

const RATES = [
  { field: 'duplicateRate', label: 'Duplicates', hint: 'Events and messages delivered twice' },
  { field: 'throttleRate', label: 'Throttling', hint: 'API calls refused as too many' },
  { field: 'lossRate', label: 'Losses', hint: 'Events that never arrive' },
] as const;

/** Switches for what goes wrong in AWS. The verdicts in the end must be the same, with losses after the next sweep. */
export function FaultPanel({ faults, onChange }: FaultPanelProps) {
  return (
    <div class="faults">
      {RATES.map(({ field, label, hint }) => (
        <label key={field} class="fault" title={hint}>
          <span>{label}</span>
          <input
            type="range"
            min="0"
            max="0.9"
            step="0.1"
            value={faults[field]}
            aria-valuetext={percent(faults[field])}
            onChange={(event) => void onChange({ ...faults, [field]: Number(event.currentTarget.value) })}
          />
          <output>{percent(faults[field])}</output>
        </label>
      ))}
      <label class="fault" title="Messages overtake each other">
        <span>Reordering</span>
        <input
          type="checkbox"
          role="switch"
          aria-checked={faults.reorder}
          checked={faults.reorder}
          onChange={(event) => void onChange({ ...faults, reorder: event.currentTarget.checked })}
        />
        <output>{faults.reorder ? 'on' : 'off'}</output>
      </label>
    </div>
  );
}

function percent(rate: number): string {
  return `${Math.round(rate * 100)} %`;
}
