import type { DelayedRecheck } from '../aws/queues.ts';
import { keyOf } from '../core/image-name.ts';
import type { Need } from '../core/images/sweep.ts';
import type { RunBudget } from './run-budget.ts';

/** Messages of one call. */
const BATCH = 10;
/** The messages of a run are spread over this many seconds, so that the reactions do not start all at once. */
const SPREAD = 600;

export interface OutboxParts {
  readonly send: (rechecks: readonly DelayedRecheck[]) => Promise<void>;
  readonly budget: RunBudget;
  /** A number in [0, 1). */
  readonly random: () => number;
}

/** What a run asks for: each image once, ten in one call. */
export class RecheckOutbox {
  readonly #parts: OutboxParts;
  readonly #asked = new Set<string>();
  #waiting: DelayedRecheck[] = [];

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Asks for a look at an image. False where the budget has no room for it. */
  async ask(image: DelayedRecheck['image'], need: Need): Promise<boolean> {
    const { budget, random } = this.#parts;
    const key = keyOf(image);
    if (this.#asked.has(key)) return true;
    if (!budget.takeAsk(need)) return false;
    this.#asked.add(key);
    this.#waiting.push({ image, delay: random() * Math.min(SPREAD, budget.asks) });
    if (this.#waiting.length === BATCH) await this.flush();
    return true;
  }

  /** Sends what waits for others to be sent with. */
  async flush(): Promise<void> {
    const { send, budget } = this.#parts;
    if (this.#waiting.length === 0) return;
    budget.noteCall();
    await send(this.#waiting);
    this.#waiting = [];
  }
}
