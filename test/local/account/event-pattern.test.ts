import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compilePattern, EventPatternError } from '../../../local/account/event-pattern.ts';
import { corpusPath, describeWithCorpus } from '../../support/corpus.ts';

const matches = (pattern: unknown, event: unknown) => compilePattern(pattern).matches(event);

describeWithCorpus('AWS’s own correctness cases', ['eventbridge-patterns'], () => {
  // The cases carry no expectation. These are the names of those that AWS's rule engine (event-ruler 2.1.0) does not match; it matches all others.
  const REFUSED = new Set([
    'flat: 2-field exists, one missing',
    'flat: exact mismatch',
    'objarray: split',
    'objarray: 3-field, split 3 ways',
    'objarray: exact split',
    'objarray: prefix split',
    'primarray: no match',
    'nested: inner split',
    'nested: outer split',
    'nested2: split leaf',
    'mixed: array+scalar fail',
    'exists-false: present',
    'empty object',
    'empty array',
    'primarray: large + scalar, no match',
    'primarray: empty prim array',
    'mixed: obj-array split + prim-array',
    'suffix match split',
  ]);
  const cases = z
    .array(z.object({ name: z.string(), rule: z.unknown(), event: z.unknown() }))
    .parse(JSON.parse(readFileSync(corpusPath('eventbridge-patterns', 'correctness-cases.json') ?? '', 'utf8')));

  it.each(cases)('$name', ({ name, rule, event }) => {
    expect(matches(rule, event)).toBe(!REFUSED.has(name));
  });
});

describe('comparison operators', () => {
  it.each([
    ['exact, type included', ['5', true, null], ['5', true, null], [5, 'true', 'null', false]],
    ['prefix', [{ prefix: 'ab' }], ['ab', 'abc'], ['xab', 'AB', 5]],
    ['the empty prefix, which every text has', [{ prefix: '' }], ['', 'abc'], [1, null]],
    ['the wildcard without a wildcard', [{ wildcard: '' }], [''], ['a']],
    ['prefix in any case', [{ prefix: { 'equals-ignore-case': 'aB' } }], ['abc', 'ABC'], ['xab']],
    ['suffix', [{ suffix: '.sig' }], ['a.sig'], ['a.SIG', 'a.sig.x']],
    ['suffix in any case', [{ suffix: { 'equals-ignore-case': '.SIG' } }], ['a.sig'], ['a.sigx']],
    ['any case', [{ 'equals-ignore-case': 'Push' }], ['PUSH', 'push'], ['pushed']],
    ['wildcard', [{ wildcard: 'a*c*e' }], ['ace', 'abcde', 'acece'], ['ac', 'aec', 'acex']],
    ['wildcard with an escape', [{ wildcard: 'a\\**' }], ['a*', 'a*b'], ['ab']],
    ['numeric', [{ numeric: ['>', 0, '<=', 5] }], [5, 0.1], [0, 5.1, '3']],
    ['anything-but a text', [{ 'anything-but': 'a' }], ['b', 5, null], ['a']],
    ['anything-but several', [{ 'anything-but': ['a', 'b'] }], ['c'], ['a', 'b']],
    ['anything-but a prefix', [{ 'anything-but': { prefix: 'sha256-' } }], ['v1'], ['sha256-ab']],
    ['anything-but suffixes', [{ 'anything-but': { suffix: ['.sig', '.att'] } }], ['v1'], ['x.sig', 'x.att']],
    ['anything-but in any case', [{ 'anything-but': { 'equals-ignore-case': 'Root' } }], ['user'], ['ROOT']],
    ['anything-but a wildcard', [{ 'anything-but': { wildcard: '*-test-*' } }], ['prod'], ['a-test-b']],
    ['cidr', [{ cidr: '10.0.0.0/24' }], ['10.0.0.255'], ['10.0.1.0', '10.0.0', '::1']],
    ['cidr of IPv6', [{ cidr: '2001:db8::/32' }], ['2001:db8::1'], ['2001:db9::1', '10.0.0.1']],
  ])('%s', (_name, alternatives, yes, no) => {
    for (const value of yes) expect([value, matches({ a: alternatives }, { a: value })]).toEqual([value, true]);
    for (const value of no) expect([value, matches({ a: alternatives }, { a: value })]).toEqual([value, false]);
  });

  it('never matches an absent field with anything-but', () => {
    expect(matches({ a: [{ 'anything-but': 'x' }] }, { b: 1 })).toBe(false);
    expect(matches({ $or: [{ a: [{ 'anything-but': 'x' }] }, { a: [{ exists: false }] }] }, { b: 1 })).toBe(true);
  });

  it('looks for the absence of a field in the whole event', () => {
    expect(matches({ d: { a: [{ exists: false }] } }, { d: [{ b: 1 }, { a: 2 }] })).toBe(false);
    expect(matches({ d: { a: [{ exists: false }] } }, {})).toBe(true);
  });

  // Answers of event-ruler 2.1.0, as `npm run test:interop -- event-ruler` finds them.
  it.each([
    [true, { a: { a: ['1'], c: [{ exists: false }] } }, { a: [{ a: '1' }, { c: 'x' }] }],
    [true, { a: { a: ['1'], c: [{ exists: false }, 'y'] } }, { a: [{ a: '1' }, { c: 'x' }] }],
    [false, { a: { c: ['1'], a: [{ exists: false }] } }, { a: [{ c: '1' }, { a: 'x' }] }],
    [false, { a: { a: ['2', { exists: false }], c: [{ exists: false }] } }, { a: [{ a: '1' }, { c: 'x' }] }],
    [false, { a: { c: ['1', { exists: false }], a: [{ exists: false }] } }, { a: [{ c: '1' }, { a: 'x' }] }],
  ])('looks for absence only where the fields before it by name were found: %s for %j', (expected, pattern, event) => {
    expect(matches(pattern, event)).toBe(expected);
  });

  it('keeps the branches of $or within the same array element as the rest', () => {
    const pattern = { d: { a: [1] }, $or: [{ d: { b: [2] } }, { d: { b: [3] } }] };
    expect(matches(pattern, { d: [{ a: 1, b: 3 }] })).toBe(true);
    expect(matches(pattern, { d: [{ a: 1 }, { b: 3 }] })).toBe(false);
  });

  it('does not read inherited names as fields', () => {
    expect(matches({ constructor: [{ exists: true }] }, {})).toBe(false);
  });
});

it.each([
  ['no object', []],
  ['nothing', {}],
  ['an empty list', { a: [] }],
  ['a bare value', { a: 'x' }],
  ['an empty object below', { a: {} }],
  ['an unknown operator', { a: [{ like: 'x' }] }],
  ['two operators in one', { a: [{ prefix: 'x', suffix: 'y' }] }],
  ['a number as a prefix', { a: [{ prefix: 1 }] }],
  ['anything but the empty prefix', { a: [{ 'anything-but': { prefix: '' } }] }],
  ['anything but a prefix in any case', { a: [{ 'anything-but': { prefix: { 'equals-ignore-case': 'x' } } }] }],
  ['exists without yes or no', { a: [{ exists: 'yes' }] }],
  ['mixed anything-but', { a: [{ 'anything-but': ['x', 1] }] }],
  ['an empty anything-but', { a: [{ 'anything-but': [] }] }],
  ['a range upside down', { a: [{ numeric: ['>', 5, '<', 1] }] }],
  ['an unknown comparison', { a: [{ numeric: ['!=', 5] }] }],
  ['a number out of range', { a: [{ numeric: ['<', 6e9] }] }],
  ['no CIDR', { a: [{ cidr: '10.0.0.0' }] }],
  ['a single address', { a: [{ cidr: '10.0.0.1/32' }] }],
  ['two wildcards in a row', { a: [{ wildcard: 'a**' }] }],
  ['a lonely escape', { a: [{ wildcard: 'a\\b' }] }],
  ['$or with one branch', { $or: [{ a: [1] }] }],
  [
    'too many combinations',
    Object.fromEntries('abcdefghijk'.split('').map((k) => [k, { $or: [{ x: [1] }, { y: [1] }] }])),
  ],
])('refuses %s', (_name, pattern) => {
  expect(() => compilePattern(pattern)).toThrow(EventPatternError);
});

describe('properties', () => {
  const primitive = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const name = fc.constantFrom('a', 'b', 'c');
  const event = fc.dictionary(name, fc.oneof(primitive, fc.dictionary(name, primitive)));

  it('matches any event with the pattern made of its own values', () => {
    fc.assert(
      fc.property(event, (one) => {
        const fields = Object.entries(one).filter(([, value]) => typeof value !== 'object' || value === null);
        fc.pre(fields.length > 0);
        expect(matches(Object.fromEntries(fields.map(([key, value]) => [key, [value]])), one)).toBe(true);
      }),
    );
  });

  it('holds exactly one of exists true and exists false', () => {
    fc.assert(
      fc.property(event, name, (one, key) => {
        expect(matches({ [key]: [{ exists: true }] }, one)).not.toBe(matches({ [key]: [{ exists: false }] }, one));
      }),
    );
  });

  it('holds exactly one of a text operator and its anything-but, for texts', () => {
    const operator = fc.constantFrom('prefix', 'suffix', 'equals-ignore-case');
    fc.assert(
      fc.property(operator, fc.string({ minLength: 1 }), fc.string(), (kind, operand, value) => {
        const plain = matches({ a: [{ [kind]: operand }] }, { a: value });
        expect(matches({ a: [{ 'anything-but': { [kind]: operand } }] }, { a: value })).toBe(!plain);
      }),
    );
  });

  it('agrees with a regular expression on wildcards', () => {
    const letters = fc.stringMatching(/^[ab*]{1,8}$/).filter((text) => !text.includes('**'));
    fc.assert(
      fc.property(letters, fc.stringMatching(/^[ab]{0,10}$/), (pattern, value) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(value);
        expect(matches({ v: [{ wildcard: pattern }] }, { v: value })).toBe(expected);
      }),
    );
  });

  it('never throws at a hostile event', () => {
    const pattern = compilePattern({ a: { b: [{ exists: false }, 'x'] }, c: [{ 'anything-but': 'y' }] });
    fc.assert(fc.property(fc.anything(), (anything) => typeof pattern.matches(anything) === 'boolean'));
  });
});
