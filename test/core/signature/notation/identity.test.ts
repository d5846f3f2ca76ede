import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isSubsetOf,
  parseIdentityName,
  readSubjectName,
} from '../../../../lambdas/core/signature/notation/distinguished-name.ts';
import { signJws } from '../../../support/notation-envelopes.ts';
import { issueChain, makeName } from '../../../support/notation-kit.ts';
import { summarize, verifyStrictly } from '../../../support/notation-verify.ts';

const ACME = [
  ['C', 'US'],
  ['ST', 'WA'],
  ['O', 'Acme, Inc.'],
  ['OU', 'Release'],
  ['CN', 'signer'],
] as const;

async function verify(name: Buffer, identity: string): Promise<string> {
  const chain = issueChain({ leaf: { name } });
  const outcome = await verifyStrictly(
    signJws(chain),
    { 'ca:acme': [chain.root.certificate] },
    { identities: [`x509.subject:${identity}`] },
  );
  return summarize(outcome);
}

describe('an identity', () => {
  test.each([
    'C=US,ST=WA,O=Acme\\, Inc.',
    ' C=US, ST=WA, O=Acme\\2C Inc., CN=signer',
    'CN=signer, O=Acme\\, Inc., S=WA, C=US',
    'C = US , ST = WA , O = Acme\\, Inc. , OU = Release',
  ])('%s matches its signer', async (identity) => {
    expect(await verify(makeName(...ACME), identity)).toBe('accepted');
  });

  test('is matched by a subject that has attributes of unknown types too', async () => {
    expect(await verify(makeName(...ACME, ['1.2.3.4', 'x']), 'C=US,ST=WA,O=Acme\\, Inc.')).toBe('accepted');
  });

  test.each([
    'C=US,ST=WA,O=Acme',
    'C=US,ST=WA,O=acme\\, inc.',
    'C=US,ST=WA,O=Acme\\, Inc.\\ ',
    'C=US,ST=WA,O=Acme\\, Inc.,CN=signer2',
    'C=US,ST=WA,O=Acme\\, Inc.,CN=signe',
    'C=US,ST=WA,O=Acme\\, Inc.,L=Seattle',
    'C=US,ST=OR,O=Acme\\, Inc.',
    'C=US,ST=WA,O=Acme\\, Inc.,CN=s\\D1\\96gner',
    'C=US,ST=WA,O=Acme\\, Inc.,CN=*',
  ])('%s does not', async (identity) => {
    expect(await verify(makeName(...ACME), identity)).toBe('rejected untrusted-identity');
  });

  test.each<[string, Buffer]>([
    ['an attribute twice', makeName(['C', 'US'], ['ST', 'WA'], ['O', 'Evil'], ['O', 'Acme'])],
    [
      'two attributes in one relative name',
      makeName(
        ['C', 'US'],
        ['ST', 'WA'],
        [
          ['O', 'Acme'],
          ['OU', 'x'],
        ],
      ),
    ],
    [
      'two attributes in one relative name, ours first',
      makeName(
        ['C', 'US'],
        ['ST', 'WA'],
        [
          ['O', 'Acme'],
          ['OU', 'a longer name'],
        ],
      ),
    ],
    [
      'an organization in Teletex',
      Buffer.from(
        makeName(['C', 'US'], ['ST', 'WA'], ['O', 'Acme']).toString('hex').replace('0c0441636d65', '140441636d65'),
        'hex',
      ),
    ],
    ['an empty attribute', makeName(['C', 'US'], ['ST', 'WA'], ['O', 'Acme'], ['CN', ''])],
    ['the organization inside another value', makeName(['C', 'US'], ['ST', 'WA'], ['CN', 'x, O=Acme'])],
    [
      'an unknown attribute twice',
      makeName(['C', 'US'], ['ST', 'WA'], ['O', 'Acme'], ['1.2.3.4', 'a'], ['1.2.3.4', 'b']),
    ],
  ])('is not matched by a subject with %s', async (_what, name) => {
    expect(await verify(name, 'C=US,ST=WA,O=Acme')).toBe('rejected untrusted-identity');
  });

  test('is not matched by an issuer of that name', async () => {
    const chain = issueChain({ leaf: { name: makeName(['C', 'US'], ['ST', 'WA'], ['O', 'Else']) } });
    const outcome = await verifyStrictly(
      signJws(chain),
      { 'ca:acme': [chain.root.certificate] },
      { identities: ['x509.subject: C=US, ST=WA, O=Acme'] },
    );

    expect(summarize(outcome)).toBe('rejected untrusted-identity');
  });

  test('"*" is matched by subjects that cannot be read', async () => {
    const chain = issueChain({ leaf: { name: makeName(['C', 'US'], ['C', 'DE']) } });

    expect(summarize(await verifyStrictly(signJws(chain), { 'ca:acme': [chain.root.certificate] }))).toBe('accepted');
  });

  test('a profile of AWS Signer is no identity of somebody else', async () => {
    const chain = issueChain({ leaf: { name: makeName(...ACME) } });
    const identities = ['arn:aws:signer:us-east-1:111122223333:/signing-profiles/acme'];

    expect(
      summarize(await verifyStrictly(signJws(chain), { 'ca:acme': [chain.root.certificate] }, { identities })),
    ).toBe('rejected untrusted-identity');
  });
});

describe('the name of an identity', () => {
  test.each([
    ['C=US,ST=WA,O=a\\+b', 'a+b'],
    ['C=US,ST=WA,O=\\#a', '#a'],
    ['C=US,ST=WA,O=\\ a\\ ', ' a '],
    ['C=US,ST=WA,O=a  b  ', 'a  b'],
    ['C=US,ST=WA,O=a=b', 'a=b'],
    ['C=US,ST=WA,O=\\C3\\A9', 'é'],
    ['C=US,ST=WA,O=é😀', 'é😀'],
    ['C=US,ST=WA,O=a\\\\', 'a\\'],
    ['C=US,ST=WA,O=a\\;\\"\\<\\>', 'a;"<>'],
  ])('%s has the organization %j', (text, organization) => {
    expect(parseIdentityName(text).get('O')).toBe(organization);
  });

  test.each([
    '',
    'C=US',
    'C=US,ST=WA,O=',
    'C=US,ST=WA,O= ',
    'C=US,ST=WA,O=a,',
    ',C=US,ST=WA,O=a',
    'C=US,ST=WA,O=a+OU=b',
    'C=US,ST=WA,O=a,O=a',
    'C=US,ST=WA,S=WA,O=a',
    'c=US,ST=WA,O=a',
    'C=US,ST=WA,O=a,X=b',
    'C=US,ST=WA,O=a,2.5.4.3=b',
    'C=US,ST=WA,O=#0C0161',
    'C=US;ST=WA;O=a',
    'C=US,ST=WA,O="a"',
    'C=US,ST=WA,O=<a>',
    'C=US,ST=WA,O=a\\',
    'C=US,ST=WA,O=a\\x',
    'C=US,ST=WA,O=\\C3\\28',
    'C=US,ST=WA,O=a\0b',
    `C=US,ST=WA,O=${'a'.repeat(3000)}`,
  ])('%j is refused', (text) => {
    expect(() => parseIdentityName(text)).toThrow(expect.objectContaining({ code: 'untrusted-identity' }));
  });

  test('any text is either refused or read, and what is escaped is read back', () => {
    const escapeValue = (value: string) => value.replace(/[ #+,;<=>"\\]/g, (character) => `\\${character}`);
    const value = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('\0'));

    fc.assert(
      fc.property(value, value, (organization, unit) => {
        const name = parseIdentityName(`C=US,ST=WA,O=${escapeValue(organization)},OU=${escapeValue(unit)}`);
        expect([name.get('O'), name.get('OU')]).toEqual([organization, unit]);
        const subject = readSubjectName(makeName(['C', 'US'], ['ST', 'WA'], ['O', organization], ['OU', unit]));
        expect(isSubsetOf(name, subject)).toBe(true);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseIdentityName(text);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'untrusted-identity' });
        }
      }),
      { numRuns: 500 },
    );
  });
});
