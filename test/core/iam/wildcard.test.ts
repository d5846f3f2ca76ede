import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversWildcard, matchesWildcard } from '../../../lambdas/core/iam/wildcard.ts';

const text = (letters: string) => fc.array(fc.constantFrom(...letters), { maxLength: 8 }).map((all) => all.join(''));

/** The rule as a regular expression: an implementation of another kind. */
const asRegExp = (pattern: string) => new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');

describe('matchesWildcard', () => {
  it('agrees with the same rule as a regular expression', () => {
    fc.assert(
      fc.property(text('ab*?'), text('ab'), (pattern, word) => {
        expect(matchesWildcard(pattern, word)).toBe(asRegExp(pattern).test(word));
      }),
    );
  });
});

describe('coversWildcard', () => {
  it('never says that a pattern is covered which matches more', () => {
    fc.assert(
      fc.property(text('ab*?'), text('ab*?'), text('ab'), (outer, inner, word) => {
        fc.pre(coversWildcard(outer, inner) && matchesWildcard(inner, word));
        expect(matchesWildcard(outer, word)).toBe(true);
      }),
    );
  });

  it.each([
    ['*', 's3:get*', true],
    ['s3:*', 's3:get*', true],
    ['s3:*object', 's3:get*object', true],
    ['s3:get?', 's3:get?', true],
    ['s3:get?', 's3:get*', false],
    ['s3:get*', 's3:*', false],
    ['a*b*', 'ab', true],
    ['a', '', false],
  ])('%s over %s: %s', (outer, inner, covered) => {
    expect(coversWildcard(outer, inner)).toBe(covered);
  });
});
