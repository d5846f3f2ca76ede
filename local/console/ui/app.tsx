import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { FindingView } from '../api.ts';
import { FaultPanel } from './fault-panel.tsx';
import { ImageDetail } from './image-detail.tsx';
import { JourneyList } from './journey-list.tsx';
import { countStates, groupJourneys, type Journey, type SubjectState } from './lanes.ts';
import { Notice } from './notice.tsx';
import type { ActOnFinding } from './plan-tab.tsx';
import { PrincipalDetail } from './principal-detail.tsx';
import { ScenarioPanel } from './scenario-panel.tsx';
import { StateFilter } from './state-filter.tsx';
import { TopBar } from './top-bar.tsx';
import { useConsole } from './use-console.ts';

export function App() {
  const { overview, state, entries, connection, problem, dismissProblem, runScenario, act, setFaults } = useConsole();
  const [selected, setSelected] = useState<string>();
  const [filter, setFilter] = useState<SubjectState>();
  const journeys = useMemo(() => groupJourneys(entries, state ?? NOTHING), [entries, state]);
  const findings = useMemo(() => groupFindings(state?.findings ?? []), [state]);
  const shown = filter === undefined ? journeys : journeys.filter((journey) => journey.state === filter);
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
      <Announcement journey={journeys.find((journey) => journey.state !== undefined)} />
      <main>
        <aside class="side">
          {PANELS.map(({ about, title }) => (
            <details key={about} class="panel" open={!isNarrow()}>
              <summary>
                <h2>{title}</h2>
              </summary>
              <ScenarioPanel
                scenarios={overview?.scenarios.filter((scenario) => scenario.about === about) ?? []}
                onRun={runAndShow}
              />
            </details>
          ))}
          <details class="panel" open={!isNarrow()}>
            <summary>
              <h2>What goes wrong</h2>
            </summary>
            {overview === undefined ? null : <FaultPanel faults={overview.faults} onChange={setFaults} />}
          </details>
        </aside>
        <section class="live" aria-label="Images, roles and users, and their steps">
          <StateFilter counts={countStates(journeys)} total={journeys.length} chosen={filter} onChoose={setFilter} />
          {state === undefined && connection !== 'live' ? (
            <Notice title="Waiting for the console">Nothing has been received yet.</Notice>
          ) : (
            <JourneyList
              journeys={shown}
              findings={findings}
              selected={selected}
              filtered={filter !== undefined}
              onSelect={setSelected}
            />
          )}
        </section>
        <section class="inspector" ref={inspector} aria-label="Selected image, role or user">
          {open === undefined ? (
            <Notice title="Choose an image, a role or a user">
              Its evidence or drift, its finding, its plans and every step are shown here.
            </Notice>
          ) : (
            <Detail key={open.trace} journey={open} findings={findings.get(open.trace) ?? []} onAct={act} />
          )}
        </section>
      </main>
    </>
  );
}

const NOTHING = { images: [], principals: [], plans: [] };
const PANELS = [
  { about: 'image', title: 'Push an image' },
  { about: 'principal', title: 'Change a role or user' },
] as const;

function Detail({
  journey,
  ...rest
}: {
  readonly journey: Journey;
  readonly findings: readonly FindingView[];
  readonly onAct: ActOnFinding;
}) {
  const { about } = journey;
  return about.kind === 'image' ? (
    <ImageDetail journey={journey} digest={about.digest} image={about.image} {...rest} />
  ) : (
    <PrincipalDetail journey={journey} principal={about.principal} {...rest} />
  );
}

/** Tells a screen reader of the newest state. */
function Announcement({ journey }: { readonly journey: Journey | undefined }) {
  return (
    <p class="spoken" aria-live="polite">
      {journey?.state === undefined ? '' : `${journey.name}: ${journey.state}`}
    </p>
  );
}

function groupFindings(findings: readonly FindingView[]): ReadonlyMap<string, readonly FindingView[]> {
  const groups = new Map<string, FindingView[]>();
  for (const finding of findings) {
    if (finding.trace !== undefined) groups.set(finding.trace, [...(groups.get(finding.trace) ?? []), finding]);
  }
  return groups;
}

function isNarrow(): boolean {
  return matchMedia('(max-width: 819px)').matches;
}
