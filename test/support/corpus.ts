import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, test } from 'vitest';

/** Where the public sample data lies: COUNTERSIGN_CORPUS, or `../shared/data` beside the repository. It is never part of the repository. */
const CORPUS = resolve(process.env.COUNTERSIGN_CORPUS ?? new URL('../../../shared/data', import.meta.url).pathname);

/** The absolute path of something in the sample data, or undefined where it is not there. */
export function corpusPath(...parts: readonly string[]): string | undefined {
  const path = resolve(CORPUS, ...parts);
  return existsSync(path) ? path : undefined;
}

/** A `describe` over sample data; without the data its body is not run and one test is reported as skipped, with the reason as its name. */
export function describeWithCorpus(name: string, parts: readonly string[], body: () => void): void {
  if (corpusPath(...parts) !== undefined) {
    describe(name, body);
  } else {
    describe(name, () => test.skip(`needs ${parts.join('/')} under COUNTERSIGN_CORPUS, which is not there`));
  }
}
