import type { Io } from '../commands/command.ts';
import type { Result } from '../output/result.ts';

/** How often a line is written where progress is told in lines, milliseconds, and how often one that changes is. */
const EVERY = { lines: 10_000, live: 200 } as const;

/** How many images came to which verdict. */
export interface Tally {
  readonly counts: Readonly<Record<Result['verdict'], number>>;
  readonly total: number;
  /** Of these, how many were judged by an earlier sweep. */
  readonly resumed: number;
}

/** Counts verdicts and tells on stderr how far a sweep is: one line that changes on a terminal, else a line every ten seconds. */
export class Progress {
  readonly #io: Io;
  readonly #clock: () => number;
  readonly #counts = { verified: 0, unsigned: 0, invalid: 0, error: 0, gone: 0, ignored: 0 };
  #resumed = 0;
  #told: number;
  readonly #start: number;

  constructor(io: Io) {
    this.#io = io;
    this.#clock = io.clock ?? Date.now;
    this.#start = this.#clock();
    this.#told = this.#start;
  }

  get tally(): Tally {
    const counts = { ...this.#counts };
    return { counts, total: Object.values(counts).reduce((sum, count) => sum + count, 0), resumed: this.#resumed };
  }

  count(verdict: Result['verdict'], resumed = false): void {
    this.#counts[verdict] += 1;
    if (resumed) this.#resumed += 1;
    const now = this.#clock();
    const mode = this.#io.progress ?? 'lines';
    if (now - this.#told < EVERY[mode]) return;
    this.#told = now;
    this.#io.err(mode === 'live' ? `\r\u{1b}[K${this.#describe(now)}` : `${this.#describe(now)}\n`);
  }

  /** The last line, which stays. */
  finish(note: string): void {
    const start = this.#io.progress === 'live' ? '\r\u{1b}[K' : '';
    this.#io.err(`${start}${this.#describe(this.#clock())}; ${note}\n`);
  }

  #describe(now: number): string {
    const { counts, total, resumed } = this.tally;
    const parts = Object.entries(counts).flatMap(([verdict, count]) => (count === 0 ? [] : [`${count} ${verdict}`]));
    const seconds = Math.max(1, Math.round((now - this.#start) / 1000));
    const before = resumed === 0 ? '' : `, ${resumed} of them before`;
    return `${total} images${before}: ${parts.join(', ') || 'none yet'}; ${seconds} s`;
  }
}
