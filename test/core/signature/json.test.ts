import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeBase64 } from '../../../lambdas/core/signature/base64.ts';
import { parseJson } from '../../../lambdas/core/signature/json.ts';

const read = (text: string | Uint8Array) => parseJson(text, z.unknown(), 'it', 1_000_000);
const malformed = expect.objectContaining({ code: 'malformed' });

describe('parseJson', () => {
  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        expect(read(text)).toEqual(JSON.parse(text));
        expect(read(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['twice', '{"a":1,"a":2}'],
    ['once in escapes', String.raw`{"a":1,"\u0061":2}`],
    ['deep inside', '[{"b":[{"a":{},"x":"}","a":[]}]}]'],
    ['with spaces before the colon', '{"a"  :1,"a"\n\t:2}'],
    ['behind a string with quotes', String.raw`{"a":"\"{\\","a":1}`],
  ])('refuses a name that stands %s', (_, text) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(() => read(text)).toThrow(malformed);
  });

  it('accepts one name in several objects, and as a value', () => {
    expect(read('[{"a":"a"},{"a":{"a":["a","a"]}}]')).toEqual([{ a: 'a' }, { a: { a: ['a', 'a'] } }]);
  });

  it.each(['[', '{"a":'])('refuses nesting of %s a hundred thousand levels deep', (open) => {
    expect(() => read(open.repeat(100_000))).toThrow(malformed);
  });

  it('refuses nesting of 129 levels that is JSON otherwise', () => {
    expect(read(`${'['.repeat(128)}${']'.repeat(128)}`)).toBeDefined();
    expect(() => read(`${'['.repeat(129)}${']'.repeat(129)}`)).toThrow(malformed);
  });

  it.each([
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['a byte order mark', Buffer.from('\uFEFF{}')],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['a string without end', '{"a'],
    ['a comma too many', '[1,]'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(() => read(text)).toThrow(malformed);
  });

  it('refuses what is larger than the limit before it reads it', () => {
    expect(() => parseJson('{"a":1}', z.unknown(), 'it', 6)).toThrow(expect.objectContaining({ code: 'too-large' }));
  });
});

describe('decodeBase64', () => {
  it('decodes what base64 encodes, line breaks or not', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(decodeBase64(text.replace(/(.{8})/g, '$1\r\n'), 'it').equals(bytes)).toBe(true);
      }),
    );
  });

  it.each([
    ['no padding', 'YQ'],
    ['bits beyond the end', 'YR=='],
    ['the alphabet of URLs', '-_-_'],
    ['a space', 'YWJj ZGVm'],
    ['another character', 'YWJj!'],
    ['padding too many', 'YWJj='],
  ])('refuses %s, which other decoders take', (_, text) => {
    expect(() => decodeBase64(text, 'it')).toThrow(malformed);
  });
});
