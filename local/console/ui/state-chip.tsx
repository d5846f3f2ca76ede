import { Icon, type IconName } from './icon.tsx';
import type { SubjectState } from './lanes.ts';

const ICONS: Readonly<Record<SubjectState | 'seen', IconName>> = {
  seen: 'dash',
  pending: 'clock',
  verified: 'check',
  unsigned: 'question',
  invalid: 'cross',
  error: 'question',
  ignored: 'dash',
  gone: 'gone',
  drifted: 'cross',
  undeclared: 'question',
  deleted: 'gone',
  'unreadable-baseline': 'question',
  covered: 'check',
};

/** The state in a word, with a sign of its own besides its colour. `seen`: an event came, nothing is decided or nothing deviates. */
export function StateChip({ state }: { readonly state: SubjectState | undefined }) {
  const shown = state ?? 'seen';
  return (
    <span class={`chip chip-${shown}`}>
      <Icon name={ICONS[shown]} />
      {shown}
    </span>
  );
}
