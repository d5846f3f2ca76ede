import { useState } from 'preact/hooks';
import type { ScenarioView } from '../api.ts';
import { moveFocusByArrows } from './arrow-keys.ts';
import { Icon } from './icon.tsx';

export interface ScenarioPanelProps {
  readonly scenarios: readonly ScenarioView[];
  readonly onRun: (name: string) => Promise<unknown>;
}

/** Buttons that run a scenario anew. What to expect stands under the list for the one pointed at, and under each on a small screen. */
export function ScenarioPanel({ scenarios, onRun }: ScenarioPanelProps) {
  const [running, setRunning] = useState<string>();
  const [pointed, setPointed] = useState<string>();
  const run = (name: string) => {
    setRunning(name);
    void onRun(name).finally(() => setRunning(undefined));
  };
  const about = scenarios.find(({ name }) => name === pointed);
  return (
    <>
      <ul class="scenarios" onKeyDown={moveFocusByArrows}>
        {scenarios.map(({ name, title, expectation, expected }) => (
          <li key={name}>
            <button
              type="button"
              data-arrow-stop
              class="scenario"
              disabled={running === name}
              aria-describedby={`about-${name}`}
              onClick={() => run(name)}
              onMouseEnter={() => setPointed(name)}
              onFocus={() => setPointed(name)}
            >
              <Icon name="play" />
              <span>{title}</span>
              <span
                class={`dot tone-${expected.state}`}
                title={expected.state === 'none' ? 'ends with nothing on record' : `ends as ${expected.state}`}
              />
            </button>
            <p id={`about-${name}`}>{expectation}</p>
          </li>
        ))}
      </ul>
      <p class="about-scenario" aria-hidden="true">
        {about?.expectation ??
          'Each acts on the embedded account through its API. Point at one to read what to expect.'}
      </p>
    </>
  );
}
