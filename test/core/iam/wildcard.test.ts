import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversWildcard, matchesWildcard } from '../../../lambdas/core/iam/wildcard.ts';

const text = (letters: string) => fc.array(fc.constantFrom(...letters), { maxLength: 8 }).map((all) => all.join(''));

const short = (letters: string) => fc.array(fc.constantFrom(...letters), { maxLength: 4 }).map((all) => all.join(''));

function allWords(letters: string, longest: number): string[] {
  const words = [''];
  for (const word of words) if (word.length < longest) for (const letter of letters) words.push(word + letter);
  return words;
}

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

  it('finds every cover, as trying all short texts does', () => {
    // A text that tells two patterns of this length apart is no longer than both together; a third letter stands for all that neither names.
    const words = allWords('abc', 6);
    fc.assert(
      fc.property(short('ab*?'), short('ab*?'), (outer, inner) => {
        const expected = words.every((word) => !matchesWildcard(inner, word) || matchesWildcard(outer, word));
        expect(coversWildcard(outer, inner)).toBe(expected);
      }),
      { numRuns: Number(process.env.COUNTERSIGN_RUNS ?? 300) },
    );
  });

  it('says no where the search would take forever, though the pattern is covered', () => {
    const [outer, inner] = [`*a${'?'.repeat(30)}`, `*aa${'?'.repeat(29)}`];

    expect(coversWildcard(outer, inner)).toBe(false);
    expect(coversWildcard(outer.replaceAll('?'.repeat(25), ''), inner.replaceAll('?'.repeat(25), ''))).toBe(true);
  });

  it.each([
    ['?*', '*?', true],
    ['*?', '?*', true],
    ['a**b', 'a*b', true],
    ['??*', 'a*b', true],
    ['*a*', '*b*', false],
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
