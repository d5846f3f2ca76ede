import type { StateView } from '../api.ts';
import { Icon, type IconName } from './icon.tsx';

const ICONS: Readonly<Record<StateView | 'seen', IconName>> = {
  seen: 'dash',
  pending: 'clock',
  verified: 'check',
  unsigned: 'question',
  invalid: 'cross',
  error: 'question',
  ignored: 'dash',
  gone: 'gone',
};

/** The verdict in a word, with a sign of its own besides its colour. `seen`: an event came, nothing is decided yet. */
export function VerdictChip({ state }: { readonly state: StateView | undefined }) {
  const shown = state ?? 'seen';
  return (
    <span class={`chip chip-${shown}`}>
      <Icon name={ICONS[shown]} />
      {shown}
    </span>
  );
}
