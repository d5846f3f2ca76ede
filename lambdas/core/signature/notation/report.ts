import { asNotationError, type NotationErrorCode } from './errors.ts';
import type { NotationCheck, NotationCheckName } from './outcome.ts';
import type { Enforcement, ValidationType } from './verification-level.ts';

/** What a step gave, or that it failed where failures are only logged. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/** Keeps the checks in order. A step that fails ends the verification where its validation is enforced (the error is thrown on) and is recorded where it is logged. */
export class NotationReport {
  readonly checks: NotationCheck[] = [];
  readonly #enforcement: Enforcement;

  constructor(enforcement: Enforcement) {
    this.#enforcement = enforcement;
  }

  async run<T>(
    check: NotationCheckName,
    validation: ValidationType,
    fallback: NotationErrorCode,
    step: () => T | Promise<T>,
    describe: (value: T) => string,
  ): Promise<Result<T>> {
    const action = this.#enforcement[validation];
    try {
      const value = await step();
      this.#add({ check, validation, action, result: 'passed', detail: describe(value) });
      return { ok: true, value };
    } catch (thrown) {
      const error = asNotationError(thrown, fallback);
      this.#add({ check, validation, action, result: 'failed', code: error.code, detail: error.message });
      if (action === 'enforce') throw error;
      return { ok: false };
    }
  }

  /** A step of a validation that no level can do without: it always ends the verification. */
  async demand<T>(
    check: NotationCheckName,
    fallback: NotationErrorCode,
    step: () => T | Promise<T>,
    describe: (value: T) => string,
  ): Promise<T> {
    const result = await this.run(check, 'integrity', fallback, step, describe);
    if (!result.ok) throw new TypeError('integrity is always enforced');
    return result.value;
  }

  skip(check: NotationCheckName, validation: ValidationType, detail: string): void {
    this.#add({ check, validation, action: this.#enforcement[validation], result: 'skipped', detail });
  }

  #add(check: NotationCheck): void {
    this.checks.push({ ...check, detail: check.detail.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD').slice(0, 300) });
  }
}
