import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SignerFacts, SubjectName } from '../../../lambdas/core/signature/outcome.ts';
import { matchesWhole, matchIdentity } from '../../../lambdas/core/trust/match-identity.ts';

const ISSUER = 'https://token.actions.githubusercontent.com';
const WORKFLOW = 'https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main';
const demand = {
  root: 'sigstore',
  issuer: ISSUER,
  transparencyLog: 'required',
  certificateTimestamp: 'required',
} as const;
const exact = { ...demand, identity: WORKFLOW };

function certificate(value: string, changes: Partial<Extract<SignerFacts, { kind: 'certificate' }>> = {}): SignerFacts {
  const names: SubjectName[] = [{ type: 'uri', value }];
  return { kind: 'certificate', names, issuer: ISSUER, claims: {}, ...changes };
}

describe('an exact identity', () => {
  test('is matched to the letter', () => {
    expect(matchIdentity(certificate(WORKFLOW), exact).result).toBe('passed');
  });

  test.each([
    ['another case', WORKFLOW.toUpperCase()],
    ['a suffix', `${WORKFLOW}-evil`],
    ['a prefix', `x${WORKFLOW}`],
    ['a trailing slash', `${WORKFLOW}/`],
    ['a trailing space', `${WORKFLOW} `],
    ['a trailing newline', `${WORKFLOW}\n`],
    ['a NUL', `${WORKFLOW}\0.evil`],
    ['a look-alike letter', WORKFLOW.replace('a', '\u0430')],
    ['a composed form', `${WORKFLOW}\u0301`],
    ['a percent sign escape', WORKFLOW.replace('acme', '%61cme')],
    ['nothing', ''],
  ])('%s is another name', (_name, value) => {
    expect(matchIdentity(certificate(value), exact).result).toBe('failed');
  });

  test.each([
    ['another issuer', { issuer: 'https://token.actions.githubusercontent.com.evil.example' }],
    ['no issuer', { issuer: undefined }],
    ['no name', { names: [] }],
    [
      'the right name beside another',
      { names: [{ type: 'uri', value: WORKFLOW } as const, { type: 'email', value: 'a@example.com' } as const] },
    ],
  ])('%s is refused', (_name, changes) => {
    expect(matchIdentity(certificate(WORKFLOW, changes), exact).result).toBe('failed');
  });

  test.each(['email', 'dns', 'other'] as const)('the same text as a name of the type %s is another name', (type) => {
    const names = [{ type, value: WORKFLOW }];
    const expression = { ...demand, identityRegex: '^https://github\\.com/acme/.*$' };

    expect(matchIdentity(certificate(WORKFLOW, { names }), exact).result).toBe('failed');
    expect(matchIdentity(certificate(WORKFLOW, { names }), expression).result).toBe('failed');
  });

  test('a bare key is no identity', () => {
    expect(matchIdentity({ kind: 'key' }, exact).result).toBe('failed');
  });
});

describe('an expression', () => {
  const pattern = { ...demand, identityRegex: '^https://github\\.com/acme/[a-z]+/.*@refs/heads/main$' };

  test('matches the whole name', () => {
    expect(matchIdentity(certificate(WORKFLOW), pattern).result).toBe('passed');
    expect(matchIdentity(certificate(`${WORKFLOW}2`), pattern).result).toBe('failed');
    expect(matchIdentity(certificate(`https://evil.example/?${WORKFLOW}`), pattern).result).toBe('failed');
  });

  test.each([
    ['^a|b$', 'xb', false],
    ['^a|b$', 'ax', false],
    ['^a|b$', 'b', true],
    ['^a$', 'a\nb', false],
    ['(?m)^a$', 'a\nb', false],
    ['^a.b$', 'a\nb', false],
  ])('%s on %j: %s', (expression, text, expected) => {
    expect(matchesWhole(expression, text)).toBe(expected);
  });

  test('whatever is put around a name, an anchored expression does not match it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (before, after) => {
        fc.pre(before + after !== '');
        expect(matchesWhole('^release@acme\\.example$', `${before}release@acme.example${after}`)).toBe(false);
      }),
    );
  });

  test('an expression that would take a backtracking engine for ever is done at once', () => {
    expect(matchesWhole('^(a+)+$', `${'a'.repeat(4000)}!`)).toBe(false);
  });

  test('a name longer than any that is issued is not tried', () => {
    expect(matchIdentity(certificate('a'.repeat(5000)), { ...demand, identityRegex: '^a+$' }).result).toBe('failed');
  });
});

describe('claims', () => {
  const wanted = { ...exact, claims: { sourceRepositoryOwnerId: '1234', sourceRepositoryRef: 'refs/heads/main' } };

  test.each([
    ['all as wanted', { sourceRepositoryOwnerId: '1234', sourceRepositoryRef: 'refs/heads/main' }, 'passed'],
    ['one of them different', { sourceRepositoryOwnerId: '12345', sourceRepositoryRef: 'refs/heads/main' }, 'failed'],
    ['one of them absent', { sourceRepositoryRef: 'refs/heads/main' }, 'failed'],
  ])('%s', (_name, claims, result) => {
    expect(matchIdentity(certificate(WORKFLOW, { claims }), wanted).result).toBe(result);
  });
});

test('what a certificate says is shown without control characters and at bounded length', () => {
  const { detail } = matchIdentity(certificate(`\u001b[31m\u202e${'x'.repeat(10_000)}`), exact);

  expect(detail).not.toMatch(/\p{C}/u);
  expect(detail.length).toBeLessThan(1000);
});
