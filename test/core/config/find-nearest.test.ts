import { expect, test } from 'vitest';
import { findNearest } from '../../../lambdas/core/config/find-nearest.ts';

test.each([
  ['emial', ['email', 'topicArn'], 'email'],
  ['grase', ['mode', 'grace'], 'grace'],
  ['Mode', ['mode', 'grace'], 'mode'],
  ['trustpolicy', ['trustPolicy'], 'trustPolicy'],
  ['signdBy', ['signedBy', 'attestedBy'], 'signedBy'],
  ['ab', ['ba'], 'ba'],
  ['a', ['b'], 'b'],
  ['keyless', ['key', 'root'], undefined],
  ['x', ['email'], undefined],
  ['', ['email'], undefined],
  ['x'.repeat(65), ['x'.repeat(64)], undefined],
  ['email', [], undefined],
])('%s is nearest to, of %j, %s', (name, known, nearest) => {
  expect(findNearest(name, known)).toBe(nearest);
});
