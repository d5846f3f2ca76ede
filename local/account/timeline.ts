import type { Clock, TimelineEntry } from './types.ts';

/** Entries kept; older ones are dropped, so that a console left open for days does not eat the machine. */
const KEPT_ENTRIES = 200_000;

/** What happened in the account, in order. */
export class Timeline {
  private readonly clock: Clock;
  private readonly listeners = new Set<(entry: TimelineEntry) => void>();
  private entries: TimelineEntry[] = [];
  private sequence = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  add(step: TimelineEntry['step'], trace: string | undefined, summary: string, detail?: unknown): void {
    this.sequence += 1;
    const entry = { sequence: this.sequence, at: this.clock.now(), step, trace, summary, detail };
    this.entries.push(entry);
    if (this.entries.length > 1.25 * KEPT_ENTRIES) this.entries = this.entries.slice(-KEPT_ENTRIES);
    for (const listener of this.listeners) listener(entry);
  }

  /** Entries after the given sequence number, oldest first. */
  after(sequence: number): readonly TimelineEntry[] {
    const first = this.entries[0]?.sequence ?? 1;
    return this.entries.slice(Math.max(0, sequence - first + 1));
  }

  listen(listener: (entry: TimelineEntry) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
