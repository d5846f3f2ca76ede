import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeDer,
  readBitString,
  readBoolean,
  readChildren,
  readDer,
  readOid,
  readTime,
  TAG,
} from '../../../lambdas/core/signature/der.ts';
import { SignatureError } from '../../../lambdas/core/signature/errors.ts';
import * as der from '../../../local/sigstore/der.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const malformed = expect.objectContaining({ code: 'malformed' });

describe('readDer', () => {
  it.each([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['an indefinite length', '3080 0000'],
    ['a length in more octets than it needs', '048105 0102030405'],
    ['a long length with a leading zero', `04820080 ${'00'.repeat(128)}`],
    ['a length of five octets', '048500000001 00 00'],
    ['an element longer than the data', '0405 0102'],
    ['bytes after the element', '0401 00 00'],
    ['a tag number above 30', '1f8101 00'],
  ])('refuses %s', (_, bytes) => {
    expect(() => readDer(hex(bytes))).toThrow(malformed);
  });

  it('refuses a child that reaches beyond its parent into what follows', () => {
    const parent = readChildren(readDer(hex('3007 3003 040401 0500')))[0];

    expect(() => parent && readChildren(parent)).toThrow(malformed);
  });

  it('refuses a container with more elements than any real one has', () => {
    const many = encodeDer(TAG.sequence, Buffer.from('0500'.repeat(4097), 'hex'));

    expect(() => readChildren(readDer(many))).toThrow(malformed);
  });

  it('reads back what was encoded, at every length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000, size: 'max' }), (body) => {
        expect(Buffer.from(readDer(encodeDer(TAG.octetString, body)).body).equals(body)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('ends every input in an element or in `malformed`', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          for (const child of readChildren(readDer(bytes))) readOid(child);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(SignatureError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('readOid', () => {
  it.each(['1.2.840.10045.4.3.2', '2.5.29.17', '1.3.6.1.4.1.57264.1.8', '0.9.2342', '2.999.1'])('reads %s', (oid) => {
    const bytes = oid === '2.999.1' ? hex('0603 883701') : der.objectIdentifier(oid);

    expect(readOid(readDer(bytes))).toBe(oid);
  });

  it.each([
    ['an empty one', '0600'],
    ['an arc with a leading zero', '0603 2a8001'],
    ['an arc cut short', '0602 2a86'],
    ['an arc beyond what a number holds', '060c 2a ffffffffffffffffffff 7f'],
    ['another type', '0401 2a'],
  ])('refuses %s', (_, bytes) => {
    expect(() => readOid(readDer(hex(bytes)))).toThrow(malformed);
  });
});

describe('readTime', () => {
  const utc = (text: string) => readDer(encodeDer(TAG.utcTime, Buffer.from(text)));
  const generalized = (text: string) => readDer(encodeDer(TAG.generalizedTime, Buffer.from(text)));

  it('reads two-digit years as RFC 5280 does', () => {
    expect(readTime(utc('491231235959Z'))).toBe(Date.UTC(2049, 11, 31, 23, 59, 59));
    expect(readTime(utc('500101000000Z'))).toBe(Date.UTC(1950, 0, 1));
  });

  it('reads fractions of a second', () => {
    expect(readTime(generalized('20261123120000.25Z'))).toBe(Date.UTC(2026, 10, 23, 12, 0, 0, 250));
  });

  it.each([
    ['no zone', generalized('20261123120000')],
    ['an offset', generalized('20261123120000+0100')],
    ['no seconds', utc('2611231200Z')],
    ['a thirteenth month', utc('261323120000Z')],
    ['the 30th of February', utc('260230120000Z')],
    ['an hour 24', utc('261123240000Z')],
    ['a second 60', utc('261123120060Z')],
    ['a year that JavaScript takes for another century', generalized('00501123120000Z')],
    ['another type', readDer(encodeDer(TAG.utf8String, Buffer.from('261123120000Z')))],
  ])('refuses %s', (_, element) => {
    expect(() => readTime(element)).toThrow(malformed);
  });
});

describe('readBoolean and readBitString', () => {
  it.each(['010101', '0100', '0102ffff', '0401ff'])('refuses the boolean %s', (bytes) => {
    expect(() => readBoolean(readDer(hex(bytes)))).toThrow(malformed);
  });

  it('refuses a bit string with unused bits, and one without its first octet', () => {
    expect(() => readBitString(readDer(hex('0302 0780')))).toThrow(malformed);
    expect(() => readBitString(readDer(hex('0300')))).toThrow(malformed);
  });
});
