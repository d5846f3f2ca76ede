import type { ActionView, FaultsView, Overview, StateOfThings, TimelineEntryView } from './api.ts';

/** What the console shows and does. The server knows no more of the service than this. */
export interface ConsoleBackend {
  overview(): Overview;
  readState(): Promise<StateOfThings>;
  /** Entries after a sequence number, oldest first. */
  timeline(afterSequence: number): readonly TimelineEntryView[];
  /** Calls back for each new entry; returns a function that stops it. */
  onTimeline(listener: (entry: TimelineEntryView) => void): () => void;
  /** Runs a scenario and returns the trace of what it is about; undefined where there is no such scenario. */
  runScenario(name: string): Promise<string | undefined>;
  /** Presses a custom action on a finding; false where there is no such finding. */
  act(action: ActionView, findingId: string): boolean;
  setFaults(faults: FaultsView): void;
}
