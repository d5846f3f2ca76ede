import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeResourcePatterns } from '../../../../bin/reference/make-resource-patterns.ts';
import { PATH_RULES } from '../../../../lambdas/core/iam/paths/path-rules.ts';
import { RESOURCE_PATTERNS } from '../../../../lambdas/core/iam/paths/resource-patterns.ts';

const words = (text: string) => text.replace(/[\s,'"]+/g, '');

test('what an action works on is what the pinned IAM data says', async () => {
  const file = new URL('../../../../lambdas/core/iam/paths/resource-patterns.ts', import.meta.url);

  expect(words(readFileSync(file, 'utf8'))).toBe(words(await makeResourcePatterns()));
});

test('each rule has an id of its own, and each of its actions is known', () => {
  const ids = PATH_RULES.map(({ id }) => id);
  const unknown = PATH_RULES.flatMap(({ actions }) => actions).filter(
    (action) => !/^(iam|sts):/.test(action) && RESOURCE_PATTERNS[action] === undefined,
  );

  expect(new Set(ids).size).toBe(ids.length);
  expect(unknown).toEqual([]);
});
