import type { Origin } from '../signature/candidate.ts';
import type { Incomplete } from '../trust/evaluate.ts';
import type { Problem } from './candidates.ts';
import type { BoundName, Limits, ReadFailure } from './source.ts';

/** Bounds that leave pieces unread which might have been good. The others refuse one piece, and for good. */
const BOUNDS_THAT_HIDE: ReadonlySet<BoundName> = new Set([
  'referrers',
  'referrer-pages',
  'layers-per-manifest',
  'candidates',
  'total-bytes',
  'milliseconds',
]);

/** What one search may still read, and what went wrong on its way. */
export class SearchBudget {
  readonly limits: Limits;
  readonly #remaining: () => number;
  readonly #problems = new Map<string, Problem>();
  #incomplete: Incomplete | undefined;
  #bytes = 0;

  /** `clock` gives Unix milliseconds; without it each leg has the whole time for itself. */
  constructor(limits: Limits, clock: (() => number) | undefined) {
    this.limits = limits;
    const startedAt = clock?.() ?? 0;
    this.#remaining = () => limits.milliseconds - ((clock?.() ?? 0) - startedAt);
  }

  get problems(): readonly Problem[] {
    return [...this.#problems.values()];
  }

  /** Set where a signature may exist that was not read. */
  get incomplete(): Incomplete | undefined {
    return this.#incomplete;
  }

  spend(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Whether so many bytes more are within `totalBytes`. */
  affords(bytes: number): boolean {
    return this.#bytes + bytes <= this.limits.totalBytes;
  }

  /** The limits of the next leg: the time and the bytes that are left. Undefined where nothing is left, which is noted. */
  nextLeg(what: string): Limits | undefined {
    const totalBytes = this.limits.totalBytes - this.#bytes;
    if (totalBytes > 0) return this.#inTime(what, totalBytes);
    this.reachBound('total-bytes', what);
    return undefined;
  }

  /** The same for a leg whose bytes are spent already. */
  layerLeg(what: string): Limits | undefined {
    return this.#inTime(what, this.limits.totalBytes);
  }

  #inTime(what: string, totalBytes: number): Limits | undefined {
    const milliseconds = this.#remaining();
    if (milliseconds > 0) return { ...this.limits, milliseconds, totalBytes };
    this.reachBound('milliseconds', what);
    return undefined;
  }

  addProblem(code: string, message: string, origin?: Origin): void {
    const problem = origin === undefined ? { code, message } : { code, message, origin };
    const key = JSON.stringify(problem);
    if (!this.#problems.has(key)) this.#problems.set(key, problem);
  }

  /** Notes a failed read. What was answered is a problem; what was not answered for now, or denied, may hide a signature. */
  addFailure(what: string, failure: ReadFailure, origin?: Origin): void {
    if (failure.bound !== undefined) {
      this.reachBound(failure.bound, failure.message, origin);
      return;
    }
    const code = `${what}-${failure.code}`;
    this.addProblem(code, failure.message, origin);
    if (failure.code === 'transient' || failure.code === 'denied')
      this.hide({ code, message: failure.message, lasting: false });
  }

  reachBound(bound: BoundName, what: string, origin?: Origin): void {
    const code = `limit-${bound}`;
    const message = `${what}: the bound on ${bound.replaceAll('-', ' ')} bit`;
    this.addProblem(code, message, origin);
    if (BOUNDS_THAT_HIDE.has(bound)) this.hide({ code, message, lasting: bound !== 'milliseconds' });
  }

  /** From now on "unsigned" must not be concluded. The first reason stays, but one that may pass goes before one that lasts. */
  hide(incomplete: Incomplete): void {
    if (this.#incomplete === undefined || (this.#incomplete.lasting && !incomplete.lasting)) {
      this.#incomplete = incomplete;
    }
  }
}
