import { messageOf } from '../errors.ts';
import type { Check, CheckName } from './outcome.ts';

/** Keeps the checks in order; a step that throws becomes the failed check that ends them. */
export class Report {
  readonly checks: Check[] = [];

  run<T>(
    check: CheckName,
    step: () => T,
    describe: ((result: T) => string | { readonly skipped: string }) | string,
  ): T {
    try {
      const result = step();
      const told = typeof describe === 'string' ? describe : describe(result);
      if (typeof told === 'string') this.add(check, 'passed', told);
      else this.add(check, 'skipped', told.skipped);
      return result;
    } catch (thrown) {
      this.add(check, 'failed', messageOf(thrown));
      throw thrown;
    }
  }

  add(check: CheckName, result: Check['result'], detail: string): void {
    // Asked first whether there is anything to replace: the classes of Unicode are the slowest thing that a first verdict would load.
    const plain = PRINTABLE.test(detail) ? detail : detail.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
    this.checks.push({ check, result, detail: plain.slice(0, 300) });
  }
}

const PRINTABLE = /^[\x20-\x7e]*$/;
