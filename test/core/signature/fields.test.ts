import { describe, expect, it } from 'vitest';
import {
  readCount,
  readFields,
  readList,
  readMatch,
  readNullish,
  readOptional,
  readText,
} from '../../../lambdas/core/signature/fields.ts';

const malformed = expect.objectContaining({ code: 'malformed', message: expect.stringContaining('the place') });
const text = (value: unknown, at: string) => readText(value, at, 3, 1);

describe('the readers of fields', () => {
  it.each<[string, (value: unknown, at: string) => unknown, readonly unknown[], readonly unknown[]]>([
    ['an object', readFields, [{}, { a: 1 }], [undefined, null, [], 'a', 1, true]],
    ['a text', text, ['a', 'abc'], [undefined, null, '', 'abcd', 1, ['a'], {}, true]],
    ['a match', (value, at) => readMatch(value, at, /^a$/), ['a'], [undefined, null, 'b', ['a'], 1, {}]],
    [
      'a count',
      readCount,
      [0, 1, 2 ** 53 - 1],
      [undefined, null, -1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '1', 1n, [1], true],
    ],
    [
      'a list',
      (value, at) => readList(value, at, text, { least: 1, most: 2 }),
      [['a'], ['a', 'b']],
      [undefined, null, [], ['a', 'b', 'c'], [''], ['a', null], 'a', { 0: 'a', length: 1 }],
    ],
    ['an optional', (value, at) => readOptional(value, at, text), [undefined, 'a'], [null, '', 1, false]],
    ['a nullish', (value, at) => readNullish(value, at, text), [undefined, null, 'a'], ['', 0, false, []]],
  ])('take %s for what it is, and nothing else', (_, read, right, wrong) => {
    for (const value of right) expect(() => read(value, 'the place')).not.toThrow();
    for (const value of wrong) expect(() => read(value, 'the place')).toThrow(malformed);
  });

  it('give the value unchanged, and undefined for what is left out', () => {
    expect(readText('abc', '', 3)).toBe('abc');
    expect(readList(['a'], '', text, { most: 1 })).toEqual(['a']);
    expect(readOptional(undefined, '', text)).toBeUndefined();
    expect(readNullish(null, '', text)).toBeUndefined();
  });

  it('do not look at the items of a list that is too long', () => {
    let looked = 0;
    const look = () => {
      looked += 1;
    };
    expect(() => readList([1, 2, 3], 'the place', look, { most: 2 })).toThrow(malformed);
    expect(looked).toBe(0);
  });
});
