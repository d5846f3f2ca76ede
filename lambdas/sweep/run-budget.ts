import type { Need } from '../core/images/sweep.ts';

/** What one run may use up. */
export interface RunLimits {
  /** Calls to AWS, retries of the SDK not counted. */
  readonly calls: number;
  /** Images that are asked for: the reactions are to have done with them before the next run. */
  readonly asks: number;
  /** Of these, images that wait for their turn: the others must not wait behind a change of the policy. */
  readonly inTurn: number;
  /** What has to be left of the invocation, milliseconds. */
  readonly reserve: number;
}

/** What one run has used up. */
export class RunBudget {
  calls = 0;
  asks = 0;
  #inTurn = 0;
  readonly #limits: RunLimits;
  readonly #timeLeft: () => number;

  constructor(limits: RunLimits, timeLeft: () => number) {
    this.#limits = limits;
    this.#timeLeft = timeLeft;
  }

  /** Whether no further call may be made but those that end the run. */
  isOver(): boolean {
    return this.calls >= this.#limits.calls || this.#timeLeft() < this.#limits.reserve;
  }

  noteCall(): void {
    this.calls += 1;
  }

  /** Takes room for one image, if there is any. */
  takeAsk(need: Need): boolean {
    if (this.asks >= this.#limits.asks || (need === 'in-turn' && this.#inTurn >= this.#limits.inTurn)) return false;
    this.asks += 1;
    if (need === 'in-turn') this.#inTurn += 1;
    return true;
  }
}
