import { messageOf } from '../../../lambdas/core/errors.ts';
import { Absent } from './absent.ts';

/** What the peers found out, printed as it comes. */
export class Checks {
  readonly #print: (line: string) => void;
  passed = 0;
  failed = 0;
  skipped = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** One check: it passes unless its body throws. What the body returns is a figure to print. */
  async check(name: string, body: () => Promise<unknown> | unknown): Promise<void> {
    try {
      const figure = await body();
      this.passed += 1;
      this.#print(`  ok      ${name}${typeof figure === 'string' ? `: ${figure}` : ''}`);
    } catch (error) {
      if (error instanceof Absent) {
        this.skip(name, error.message);
        return;
      }
      this.failed += 1;
      this.#print(`  FAILED  ${name}: ${indent(messageOf(error))}`);
    }
  }

  skip(name: string, reason: string): void {
    this.skipped += 1;
    this.#print(`  skipped ${name}: ${reason}`);
  }

  /** Runs the checks of one peer. What it throws outside of a check is a failure, or where it is Absent, the peer is skipped. */
  async peer(name: string, run: (checks: Checks) => Promise<void>): Promise<void> {
    const start = performance.now();
    this.#print(name);
    try {
      await run(this);
    } catch (error) {
      if (error instanceof Absent) {
        this.skip(name, error.message);
      } else {
        this.failed += 1;
        this.#print(
          `  FAILED  ${name}: ${indent(error instanceof Error ? (error.stack ?? error.message) : String(error))}`,
        );
      }
    }
    this.#print(`  ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }

  /** Prints something that is not a check. */
  note(line: string): void {
    this.#print(`  ${line}`);
  }

  /** The last line of a run. */
  summary(): string {
    return `${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`;
  }
}

function indent(text: string): string {
  return text.trimEnd().replaceAll('\n', '\n          ');
}
