import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { decideSample } from '../support/decide-sample.ts';
import { LAYOUTS } from './expected/layouts.ts';
import { COUNTERSIGNATURES, ENVELOPES } from './expected/notation-envelopes.ts';
import type { Material, Row } from './expected/row.ts';
import { SIGNED_BUNDLES, SIGNED_MATERIAL } from './expected/signed-bundles.ts';
import { SIGSTORE_PYTHON, SIGSTORE_PYTHON_MATERIAL } from './expected/sigstore-python.ts';
import { SLSA, SLSA_MATERIAL } from './expected/slsa.ts';

/** Every file under a folder of the sample data, relative to it. */
function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
}

const SETS: readonly (readonly [string, readonly Row[], readonly Material[]])[] = [
  ['sigstore-python', SIGSTORE_PYTHON, SIGSTORE_PYTHON_MATERIAL],
  ['slsa', SLSA, SLSA_MATERIAL],
  ['signed-samples', SIGNED_BUNDLES, SIGNED_MATERIAL],
];

describe.each(SETS)('%s', (set, rows, material) => {
  describeWithCorpus('each file', [set], () => {
    const files = listFiles(corpusPath(set) ?? '');
    const decided = new Set(rows.map(({ file }) => file));

    test('is listed once: to be decided, or as what others are decided with', () => {
      const roles = files.map((file) => {
        const asMaterial = material.filter((one) => one.files.test(file)).length;
        return [file, (decided.has(file) ? 1 : 0) + asMaterial] as const;
      });

      expect(roles.filter(([, count]) => count !== 1)).toEqual([]);
      expect([...decided].filter((file) => !files.includes(file))).toEqual([]);
    });

    test.each(rows)('$file by $by is $expected: $because', ({ file, by, expected }) => {
      expect(decideSample(`${set}/${file}`, by)).toBe(expected);
    });
  });
});

// Decided in test/cli/verify-samples.test.ts and test/core/signature/notation/envelope-samples.test.ts, by these tables.
describeWithCorpus('the layouts of signed-samples', ['signed-samples', 'layouts'], () => {
  test('are all in their table', () => {
    const layouts = readdirSync(corpusPath('signed-samples', 'layouts') ?? '').sort();

    expect([...new Set(LAYOUTS.map(({ layout }) => layout))].sort()).toEqual(layouts);
  });
});

describeWithCorpus('the files of notation-envelopes', ['notation-envelopes'], () => {
  test('are all in their tables', () => {
    const files = [...listFiles(corpusPath('notation-envelopes') ?? '')].sort();

    expect([...ENVELOPES, ...COUNTERSIGNATURES].map(({ file }) => file).sort()).toEqual(files);
  });
});
