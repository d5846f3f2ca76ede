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
    this.checks.push({ check, result, detail: detail.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD').slice(0, 300) });
  }
}
