import { describe, expect, test } from 'vitest';
import { readNotationConfiguration } from '../../../../lambdas/core/signature/notation/configuration.ts';
import {
  createStrictStatement,
  findStatement,
  parseTrustPolicy,
} from '../../../../lambdas/core/signature/notation/trust-policy.ts';
import { readTrustStores } from '../../../../lambdas/core/signature/notation/trust-store.ts';
import { verifyNotationSignature } from '../../../../lambdas/core/signature/notation/verify-notation-signature.ts';
import { ARTIFACT, signJws } from '../../../support/notation-envelopes.ts';
import { acmeName, issue, issueChain, issueRoot, leafExtensions, NOW } from '../../../support/notation-kit.ts';
import { JWS, summarize } from '../../../support/notation-verify.ts';

const statement = {
  name: 'acme',
  registryScopes: ['registry.acme.io/app'],
  signatureVerification: { level: 'strict' },
  trustStores: ['ca:acme'],
  trustedIdentities: ['x509.subject: C=US, ST=WA, O=Acme'],
};
const documentOf = (...statements: readonly object[]) =>
  Buffer.from(JSON.stringify({ version: '1.0', trustPolicies: statements }));
const parse = (change: object) => parseTrustPolicy(documentOf({ ...statement, ...change }));
const BAD = expect.objectContaining({ code: 'bad-trust-policy' });

function codeOf(act: () => unknown): unknown {
  try {
    act();
    return 'nothing was thrown';
  } catch (thrown) {
    return thrown;
  }
}

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
    ['skip with stores', { signatureVerification: { level: 'skip' }, trustedIdentities: [] }],
    [
      'skip with overrides',
      { signatureVerification: { level: 'skip', override: {} }, trustStores: [], trustedIdentities: [] },
    ],
  ])('with %s is refused', (_what, change) => {
    expect(codeOf(() => parse(change))).toEqual(BAD);
  });

  test('of another version, without statements, with a name or scope twice or a key twice is refused', () => {
    expect(
      codeOf(() => parseTrustPolicy(Buffer.from(JSON.stringify({ version: '2.0', trustPolicies: [statement] })))),
    ).toEqual(BAD);
    expect(codeOf(() => parseTrustPolicy(documentOf()))).toEqual(BAD);
    expect(codeOf(() => parseTrustPolicy(documentOf(statement, { ...statement, registryScopes: ['a.io/b'] })))).toEqual(
      BAD,
    );
    expect(codeOf(() => parseTrustPolicy(documentOf(statement, { ...statement, name: 'b' })))).toEqual(BAD);
    const doubled = documentOf(statement).toString().replace('"level":"strict"', '"level":"strict","level":"audit"');
    expect(codeOf(() => parseTrustPolicy(Buffer.from(doubled)))).toEqual(BAD);
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
    expect(codeOf(() => findStatement(policy, '*'))).toEqual(none);
    expect(codeOf(() => findStatement(policy, 'app'))).toEqual(none);
    expect(codeOf(() => findStatement(parse({}), 'registry.acme.io/other'))).toEqual(none);
  });

  test('made of stores and identities is strict, and refuses what a document would', () => {
    expect(createStrictStatement('x', ['ca:acme'], ['*']).level).toBe('strict');
    expect(codeOf(() => createStrictStatement('x', [], ['*']))).toEqual(BAD);
    expect(codeOf(() => createStrictStatement('x', ['ca:acme'], []))).toEqual(BAD);
  });
});

const toPem = (certificate: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`;

describe('a trust store', () => {
  const { root, intermediate, leaf } = issueChain();
  const storesWith = (path: string, bytes: Buffer | string) => readTrustStores(new Map([[path, Buffer.from(bytes)]]));

  test('is read from PEM and DER, several certificates to a file', () => {
    const stores = readTrustStores(
      new Map<string, Uint8Array>([
        [
          'truststore/x509/ca/acme/a.pem',
          Buffer.from(`text\n${toPem(root.certificate)}${toPem(intermediate.certificate)}`),
        ],
        ['truststore/x509/ca/acme/b.cer', root.certificate],
        ['truststore/x509/signingAuthority/sa/b.crt', root.certificate],
        ['truststore/x509/ca/acme/sub/c.pem', Buffer.from('ignored')],
        ['truststore/x509/ca/acme/notes.txt', Buffer.from('ignored')],
        ['truststore/x509/other/acme/c.pem', Buffer.from('ignored')],
        ['elsewhere/truststore/x509/ca/acme/c.pem', Buffer.from('ignored')],
      ]),
    );

    expect([...stores].map(([key, certificates]) => [key, certificates.length])).toEqual([
      ['ca:acme', 3],
      ['signingAuthority:sa', 1],
    ]);
  });

  test.each<[string, string, Buffer | string]>([
    ['a leaf', 'ca/a/a.crt', leaf.certificate],
    ['nothing', 'ca/a/a.pem', ''],
    ['a key', 'ca/a/a.pem', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
    [
      'a certificate and a key',
      'ca/a/a.pem',
      `${toPem(root.certificate)}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`,
    ],
    ['a certificate cut short', 'ca/a/a.pem', toPem(root.certificate).slice(0, -40)],
    ['no certificate in PEM', 'ca/a/a.pem', toPem(Buffer.from('hello'))],
    ['DER cut short', 'ca/a/a.crt', root.certificate.subarray(0, 100)],
    ['an intermediate for time stamps', 'tsa/a/a.crt', intermediate.certificate],
    ['a self-signed leaf for time stamps', 'tsa/a/a.crt', issue({ extensions: leafExtensions() }).certificate],
    ['too much', 'ca/a/a.pem', toPem(root.certificate).repeat(201)],
    ['a huge file', 'ca/a/a.pem', ' '.repeat(1024 * 1024 + 1)],
  ])('with %s is refused', (_what, path, bytes) => {
    expect(codeOf(() => storesWith(`truststore/x509/${path}`, bytes))).toEqual(
      expect.objectContaining({ code: 'bad-trust-store' }),
    );
  });

  test('may hold a signing certificate that signed itself', () => {
    const stores = storesWith('truststore/x509/ca/self/a.crt', issue({}).certificate);

    expect(stores.get('ca:self')).toHaveLength(1);
  });
});

describe('a configuration folder', () => {
  const chain = issueChain();
  const folder = (policy: Buffer, name = 'trustpolicy.json') =>
    readNotationConfiguration(
      new Map<string, Uint8Array>([
        [name, policy],
        ['truststore/x509/ca/acme/root.crt', chain.root.certificate],
      ]),
    );
  const verify = (trust: ReturnType<typeof folder>, repository: string, options = {}) =>
    verifyNotationSignature(signJws(chain, options), JWS, { artifact: ARTIFACT, now: NOW, trust, repository });

  test('is usable where every store that is named is there', () => {
    expect(folder(documentOf(statement)).policy.statements).toHaveLength(1);
    expect(folder(documentOf(statement), 'trustpolicy.oci.json').policy.statements).toHaveLength(1);
    expect(codeOf(() => folder(documentOf(statement), 'trustpolicy.blob.json'))).toEqual(BAD);
    expect(codeOf(() => folder(documentOf({ ...statement, trustStores: ['ca:acme', 'tsa:x'] })))).toEqual(
      expect.objectContaining({ code: 'bad-trust-store' }),
    );
  });

  test('decides by the repository: no policy is a refusal, skip vouches for nothing', async () => {
    const skip = { name: 'free', registryScopes: ['registry.acme.io/free'], signatureVerification: { level: 'skip' } };
    const trust = folder(documentOf(statement, skip));

    expect(summarize(await verify(trust, 'registry.acme.io/app'))).toBe('accepted');
    expect(summarize(await verify(trust, 'registry.acme.io/other'))).toBe('rejected no-applicable-policy');
    expect(summarize(await verify(trust, 'registry.acme.io/free'))).toBe('not-verified');
  });

  test('of level audit accepts what nobody trusts, and says so; never what is altered', async () => {
    const audit = {
      ...statement,
      signatureVerification: { level: 'audit' },
      trustedIdentities: ['x509.subject: C=US, ST=WA, O=Else'],
    };
    const trust = folder(documentOf(audit));

    const outcome = await verify(trust, 'registry.acme.io/app', { expiry: NOW - 1000 });

    expect(outcome.kind === 'accepted' && outcome.authentic).toBe(false);
    expect(outcome.checks.filter(({ result }) => result === 'failed')).toEqual([
      expect.objectContaining({ check: 'identity', action: 'log', code: 'untrusted-identity' }),
      expect.objectContaining({ check: 'expiry', action: 'log', code: 'signature-expired' }),
    ]);
    const altered = await verify(trust, 'registry.acme.io/app', { keys: issueRoot({ name: acmeName('x') }).keys });
    expect(summarize(altered)).toBe('rejected bad-signature');
  });

  test('gives the reasons in order, and when it would not hold any more', async () => {
    const outcome = await verify(folder(documentOf(statement)), 'registry.acme.io/app', { expiry: NOW + 5000 });

    expect(outcome.checks.map(({ check, result }) => `${check} ${result}`)).toEqual([
      'envelope passed',
      'signature passed',
      'certificate-chain passed',
      'signed-by passed',
      'payload passed',
      'subject passed',
      'trust-store passed',
      'identity passed',
      'expiry passed',
      'signed-time passed',
      'revocation passed',
    ]);
    expect(outcome).toMatchObject({
      kind: 'accepted',
      policy: 'acme',
      authentic: true,
      signedAt: undefined,
      expiresAt: NOW + 5000,
      signer: { scheme: 'notary.x509', subject: 'C=US, ST=WA, O=Acme, CN=Acme Release', awsSigner: undefined },
    });
  });
});
