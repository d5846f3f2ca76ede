import { describe, expect, test } from 'vitest';
import {
  createStrictStatement,
  findStatement,
  parseTrustPolicy,
} from '../../../../lambdas/core/signature/notation/trust-policy.ts';
import { documentOf, statement } from '../../../support/notation-policy.ts';
import { thrownBy } from '../../../support/thrown.ts';

const parse = (change: object) => parseTrustPolicy(documentOf({ ...statement, ...change }));
const BAD = expect.objectContaining({ code: 'bad-trust-policy' });

describe('a trust policy', () => {
  test.each([
    ['strict', undefined, ['enforce', 'enforce', 'enforce', 'enforce', 'enforce']],
    ['permissive', undefined, ['enforce', 'enforce', 'log', 'log', 'log']],
    ['audit', undefined, ['enforce', 'log', 'log', 'log', 'log']],
    ['strict', { expiry: 'log', revocation: 'skip' }, ['enforce', 'enforce', 'enforce', 'log', 'skip']],
    [
      'audit',
      { authenticity: 'enforce', authenticTimestamp: 'enforce' },
      ['enforce', 'enforce', 'enforce', 'log', 'log'],
    ],
  ])('of level %s with %j enforces as the specification has it', (level, override, expected) => {
    const found = findStatement(parse({ signatureVerification: { level, override } }), 'registry.acme.io/app');

    const enforcement = found.kind === 'verify' ? found.enforcement : undefined;
    expect(enforcement).toEqual({
      integrity: expected[0],
      authenticity: expected[1],
      authenticTimestamp: expected[2],
      expiry: expected[3],
      revocation: expected[4],
    });
  });

  test.each<[string, object]>([
    ['integrity overridden', { signatureVerification: { level: 'strict', override: { integrity: 'log' } } }],
    ['authenticity skipped', { signatureVerification: { level: 'strict', override: { authenticity: 'skip' } } }],
    ['expiry skipped', { signatureVerification: { level: 'strict', override: { expiry: 'skip' } } }],
    ['the time skipped', { signatureVerification: { level: 'strict', override: { authenticTimestamp: 'skip' } } }],
    ['an unknown override', { signatureVerification: { level: 'strict', override: { all: 'log' } } }],
    ['an unknown level', { signatureVerification: { level: 'none' } }],
    ['no level', { signatureVerification: {} }],
    ['an unknown property', { trustedIdentity: ['*'] }],
    ['an unknown time stamp rule', { signatureVerification: { level: 'strict', verifyTimestamp: 'never' } }],
    ['no name', { name: '' }],
    ['no scopes', { registryScopes: [] }],
    ['a global scope beside others', { registryScopes: ['*', 'registry.acme.io/app'] }],
    ['a wildcard in a scope', { registryScopes: ['registry.acme.io/*'] }],
    ['a scope without a registry', { registryScopes: ['app'] }],
    ['a scope with a tag', { registryScopes: ['registry.acme.io/app:v1'] }],
    ['a scope with a scheme', { registryScopes: ['https://registry.acme.io/app'] }],
    ['a scope in capitals', { registryScopes: ['registry.acme.io/App'] }],
    ['a scope twice', { registryScopes: ['registry.acme.io/app', 'registry.acme.io/app'] }],
    ['no trust store', { trustStores: [] }],
    ['a time stamping store alone', { trustStores: ['tsa:acme'] }],
    ['a store of an unknown type', { trustStores: ['other:acme'] }],
    ['a store that leads elsewhere', { trustStores: ['ca:..'] }],
    ['a store with a path', { trustStores: ['ca:a/b'] }],
    ['no identities', { trustedIdentities: [] }],
    ['"*" beside identities', { trustedIdentities: ['*', 'x509.subject: C=US, ST=WA, O=Acme'] }],
    ['an identity of an unknown kind', { trustedIdentities: ['mailto:a@b.c'] }],
    ['an empty identity', { trustedIdentities: [''] }],
    ['an identity without O', { trustedIdentities: ['x509.subject: C=US, ST=WA'] }],
    ['a signing job as identity', { trustedIdentities: ['arn:aws:signer:us-east-1:111122223333:/signing-jobs/abc'] }],
    [
      'identities that overlap',
      { trustedIdentities: ['x509.subject: C=US, ST=WA, O=Acme', 'x509.subject: C=US, ST=WA, O=Acme, CN=a'] },
    ],
    [
      'an identity twice',
      { trustedIdentities: ['x509.subject: C=US, ST=WA, O=Acme', 'x509.subject:O=Acme,ST=WA,C=US'] },
    ],
    [
      'skip with a global scope',
      { signatureVerification: { level: 'skip' }, registryScopes: ['*'], trustStores: [], trustedIdentities: [] },
    ],
    [
      'too many identities',
      { trustedIdentities: Array.from({ length: 201 }, (_, at) => `x509.subject: C=US, ST=WA, O=a${at}`) },
    ],
    ['skip with stores', { signatureVerification: { level: 'skip' }, trustedIdentities: [] }],
    [
      'skip with overrides',
      { signatureVerification: { level: 'skip', override: {} }, trustStores: [], trustedIdentities: [] },
    ],
  ])('with %s is refused', (_what, change) => {
    expect(thrownBy(() => parse(change))).toEqual(BAD);
  });

  test('of another version, without statements, with a name or scope twice or a key twice is refused', () => {
    expect(
      thrownBy(() => parseTrustPolicy(Buffer.from(JSON.stringify({ version: '2.0', trustPolicies: [statement] })))),
    ).toEqual(BAD);
    expect(thrownBy(() => parseTrustPolicy(documentOf()))).toEqual(BAD);
    expect(
      thrownBy(() => parseTrustPolicy(documentOf(statement, { ...statement, registryScopes: ['a.io/b'] }))),
    ).toEqual(BAD);
    expect(thrownBy(() => parseTrustPolicy(documentOf(statement, { ...statement, name: 'b' })))).toEqual(BAD);
    const doubled = documentOf(statement).toString().replace('"level":"strict"', '"level":"strict","level":"audit"');
    expect(thrownBy(() => parseTrustPolicy(Buffer.from(doubled)))).toEqual(BAD);
  });

  test('is chosen by the exact repository, then by the global scope', () => {
    const policy = parseTrustPolicy(documentOf(statement, { ...statement, name: 'all', registryScopes: ['*'] }));

    expect(findStatement(policy, 'registry.acme.io/app').name).toBe('acme');
    for (const other of [
      'registry.acme.io/app2',
      'registry.acme.io/ap',
      'registry.acme.io/app/x',
      'Registry.acme.io/app',
    ]) {
      expect(findStatement(policy, other).name).toBe('all');
    }
    const none = expect.objectContaining({ code: 'no-applicable-policy' });
    expect(thrownBy(() => findStatement(policy, '*'))).toEqual(none);
    expect(thrownBy(() => findStatement(policy, 'app'))).toEqual(none);
    expect(thrownBy(() => findStatement(parse({}), 'registry.acme.io/other'))).toEqual(none);
  });

  test('made of stores and identities is strict, and refuses what a document would', () => {
    expect(createStrictStatement('x', ['ca:acme'], ['*']).level).toBe('strict');
    expect(thrownBy(() => createStrictStatement('x', [], ['*']))).toEqual(BAD);
    expect(thrownBy(() => createStrictStatement('x', ['ca:acme'], []))).toEqual(BAD);
  });
});
