import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import {
  type ActionView,
  actionResultSchema,
  type FaultsView,
  faultsSchema,
  type Overview,
  overviewSchema,
  runResultSchema,
  type StateOfThings,
  stateOfThingsSchema,
  type TimelineEntryView,
} from '../api.ts';
import { ask, followTimeline } from './connection.ts';

/** Entries kept in the page; the server keeps more. */
const KEPT_ENTRIES = 20_000;

export type ConnectionState = 'connecting' | 'live' | 'lost';

export interface Console {
  readonly overview: Overview | undefined;
  readonly state: StateOfThings | undefined;
  readonly entries: readonly TimelineEntryView[];
  readonly connection: ConnectionState;
  readonly problem: string | undefined;
  readonly dismissProblem: () => void;
  /** Resolves to the trace of what the scenario is about. */
  readonly runScenario: (name: string) => Promise<string | undefined>;
  /** Presses a custom action of Security Hub on a finding. */
  readonly act: (action: ActionView, finding: string) => Promise<void>;
  readonly setFaults: (faults: FaultsView) => Promise<void>;
}

/** Keeps the page in step with the server: overview once, the timeline as it grows, the state of things after each change. */
export function useConsole(): Console {
  const [overview, setOverview] = useState<Overview>();
  const [state, setState] = useState<StateOfThings>();
  const [entries, setEntries] = useState<readonly TimelineEntryView[]>([]);
  const [connection, setConnection] = useState<ConnectionState>('connecting');
  const [problem, setProblem] = useState<string>();
  const refresh = useRefresh(setState, setProblem);
  const policyHash = useRef<string | undefined>(undefined);

  const report = useCallback((error: unknown) => {
    setProblem(error instanceof Error ? error.message : String(error));
  }, []);

  useEffect(() => {
    const load = async () => {
      const loaded = await ask('/api/overview', overviewSchema);
      // Another policy hash means another process: what this page remembers is of an account that is gone.
      if (policyHash.current !== undefined && policyHash.current !== loaded.policyHash) location.reload();
      policyHash.current = loaded.policyHash;
      setOverview(loaded);
      setProblem(undefined);
      refresh();
    };
    return followTimeline({
      onEntries: (fresh) => {
        setEntries((known) => [...known, ...fresh].slice(-KEPT_ENTRIES));
        refresh();
      },
      onOpen: () => {
        setConnection('live');
        load().catch(report);
      },
      onLost: () => setConnection('lost'),
    });
  }, [refresh, report]);

  const runScenario = async (name: string) => {
    try {
      return (await ask('/api/scenarios', runResultSchema, { scenario: name })).trace;
    } catch (error) {
      report(error);
      return undefined;
    }
  };

  const act = async (action: ActionView, finding: string) => {
    try {
      await ask('/api/actions', actionResultSchema, { action, finding });
    } catch (error) {
      report(error);
    }
  };

  const setFaults = async (wanted: FaultsView) => {
    try {
      const faults = await ask('/api/faults', faultsSchema, wanted);
      setOverview((known) => (known === undefined ? known : { ...known, faults }));
    } catch (error) {
      report(error);
    }
  };

  const dismissProblem = () => setProblem(undefined);
  return { overview, state, entries, connection, problem, dismissProblem, runScenario, act, setFaults };
}

/** Reads the state of things again, at most five times a second and never twice at once. */
function useRefresh(setState: (state: StateOfThings) => void, setProblem: (text: string) => void): () => void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      ask('/api/state', stateOfThingsSchema)
        .then(setState, (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)))
        .finally(() => {
          timer.current = undefined;
        });
    }, 200);
  }, [setState, setProblem]);
}
