import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { StateView } from '../api.ts';
import { FaultPanel } from './fault-panel.tsx';
import { ImageDetail } from './image-detail.tsx';
import { ImageList } from './image-list.tsx';
import { countStates, groupJourneys, type Journey } from './lanes.ts';
import { Notice } from './notice.tsx';
import { ScenarioPanel } from './scenario-panel.tsx';
import { StateFilter } from './state-filter.tsx';
import { TopBar } from './top-bar.tsx';
import { useConsole } from './use-console.ts';

export function App() {
  const { overview, state, entries, connection, problem, dismissProblem, runScenario, setFaults } = useConsole();
  const [selected, setSelected] = useState<string>();
  const [filter, setFilter] = useState<StateView>();
  const journeys = useMemo(() => groupJourneys(entries, state?.images ?? []), [entries, state]);
  const findings = useMemo(() => indexFindings(state?.findings ?? []), [state]);
  const shown = filter === undefined ? journeys : journeys.filter(({ image }) => image?.state === filter);
  const open = journeys.find(({ trace }) => trace === selected);

  const inspector = useRef<HTMLElement>(null);
  useEffect(() => {
    if (selected !== undefined && isNarrow()) inspector.current?.scrollIntoView({ block: 'start' });
  }, [selected]);

  const runAndShow = async (name: string) => {
    const trace = await runScenario(name);
    if (trace !== undefined) {
      setFilter(undefined);
      setSelected(trace);
    }
  };

  return (
    <>
      <TopBar overview={overview} connection={connection} />
      {problem === undefined ? null : (
        <div class="problem" role="alert">
          <span>{problem}</span>
          <button type="button" class="quiet" onClick={dismissProblem}>
            Dismiss
          </button>
        </div>
      )}
      <Announcement journey={journeys.find(({ image }) => image !== undefined)} />
      <main>
        <aside class="side">
          <details class="panel" open={!isNarrow()}>
            <summary>
              <h2>Push an image</h2>
            </summary>
            <ScenarioPanel scenarios={overview?.scenarios ?? []} onRun={runAndShow} />
          </details>
          <details class="panel" open={!isNarrow()}>
            <summary>
              <h2>What goes wrong</h2>
            </summary>
            {overview === undefined ? null : <FaultPanel faults={overview.faults} onChange={setFaults} />}
          </details>
        </aside>
        <section class="live" aria-label="Images and their steps">
          <StateFilter counts={countStates(journeys)} total={journeys.length} chosen={filter} onChoose={setFilter} />
          {state === undefined && connection !== 'live' ? (
            <Notice title="Waiting for the console">Nothing has been received yet.</Notice>
          ) : (
            <ImageList
              journeys={shown}
              findings={findings}
              selected={selected}
              filtered={filter !== undefined}
              onSelect={setSelected}
            />
          )}
        </section>
        <section class="inspector" ref={inspector} aria-label="Selected image">
          {open === undefined ? (
            <Notice title="Choose an image">Its evidence, its finding and every step are shown here.</Notice>
          ) : (
            <ImageDetail key={open.trace} journey={open} finding={findings.get(open.trace)} />
          )}
        </section>
      </main>
    </>
  );
}

/** Tells a screen reader of the newest verdict. */
function Announcement({ journey }: { readonly journey: Journey | undefined }) {
  return (
    <p class="spoken" aria-live="polite">
      {journey?.image === undefined ? '' : `${journey.repository}: ${journey.image.state}`}
    </p>
  );
}

function indexFindings<T extends { readonly trace?: string | undefined }>(
  findings: readonly T[],
): ReadonlyMap<string, T> {
  return new Map(
    findings.flatMap((finding) => (finding.trace === undefined ? [] : [[finding.trace, finding] as const])),
  );
}

function isNarrow(): boolean {
  return matchMedia('(max-width: 819px)').matches;
}
