import type { ComponentChildren } from 'preact';
import { moveFocusByArrows } from './arrow-keys.ts';

export interface TabsProps<Name extends string> {
  readonly label: string;
  readonly tabs: readonly { readonly name: Name; readonly title: string; readonly count?: number }[];
  readonly chosen: Name;
  readonly onChoose: (name: Name) => void;
  readonly children: ComponentChildren;
}

/** Tabs by the ARIA pattern: arrow keys move, focus chooses. */
export function Tabs<Name extends string>({ label, tabs, chosen, onChoose, children }: TabsProps<Name>) {
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} onKeyDown={moveFocusByArrows}>
        {tabs.map(({ name, title, count }) => (
          <button
            type="button"
            role="tab"
            key={name}
            id={`tab-${name}`}
            data-arrow-stop
            aria-selected={name === chosen}
            aria-controls="tab-panel"
            tabIndex={name === chosen ? 0 : -1}
            onClick={() => onChoose(name)}
            onFocus={() => onChoose(name)}
          >
            {title}
            {count === undefined ? null : <span class="count">{count}</span>}
          </button>
        ))}
      </div>
      <div class="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${chosen}`}>
        {children}
      </div>
    </>
  );
}
