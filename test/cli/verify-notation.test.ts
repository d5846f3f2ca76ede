import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { signedBy, writeNotationFolder } from '../support/notation-folder.ts';
import { runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const SCOPE = 'registry.example/demo/app';

async function verify(layout: string, folder: string, scope = SCOPE) {
  const { code, out, err } = await runCli([
    ...['verify', `oci:${corpusPath('signed-samples', 'layouts', layout)}:v1`],
    ...['--notation-config', folder, '--scope', scope, '--json'],
  ]);
  return { code, err, result: out === '' ? undefined : JSON.parse(out) };
}

describeWithCorpus("images under Notation's own configuration", ['signed-samples', 'layouts', 'notjws'], () => {
  const ACME = { 'ca/acme/ca.crt': read('notation', 'trust', 'truststore', 'x509', 'ca', 'acme', 'ca.crt') };
  const SELF = { 'ca/self/self.crt': read('notation', 'trust', 'truststore', 'x509', 'ca', 'self', 'self.crt') };
  const TSA = { 'tsa/local/root.crt': read('notation', 'trust', 'truststore', 'x509', 'tsa', 'local', 'root.crt') };
  const STORES = { ...ACME, ...SELF, ...TSA };
  const acme = signedBy('x509.subject: C=US, ST=WA, O=Acme');
  const stamped = { ...acme, trustStores: ['ca:acme', 'tsa:local'] };
  const self = { ...signedBy('*'), trustStores: ['ca:self'] };
  const at = (level: string, override = {}) => ({ signatureVerification: { level, override } });

  test.each<[string, string, number, object, string?]>([
    ['notjws', 'verified', 0, acme],
    ['notcose', 'verified', 0, stamped],
    ['notself', 'verified', 0, self],
    ['notjws', 'invalid', 1, signedBy('x509.subject: C=US, ST=WA, O=Other'), 'untrusted-identity'],
    ['notjws', 'invalid', 1, self, 'untrusted-certificate'],
    ['notself', 'invalid', 1, acme, 'untrusted-certificate'],
    ['notexpiredtsa', 'verified', 0, stamped],
    ['notexpiredtsa', 'invalid', 1, acme, 'certificate-not-valid'],
    // The levels and their overrides (trust-store-trust-policy.md, Signature Verification details).
    ['notexpired', 'invalid', 1, { ...acme, ...at('strict') }, 'certificate-not-valid'],
    ['notexpired', 'verified', 0, { ...acme, ...at('permissive') }],
    ['notexpired', 'verified', 0, { ...acme, ...at('strict', { authenticTimestamp: 'log' }) }],
    ['notexpired', 'invalid', 1, { ...acme, ...at('permissive', { authenticTimestamp: 'enforce' }) }],
    ['notjws', 'verified', 0, { ...acme, ...at('audit') }],
    // Notation says yes here with a warning. Nobody knows who signed, so nothing is verified.
    ['notjws', 'invalid', 1, { ...self, ...at('audit') }, 'untrusted-identity'],
    ['notself', 'invalid', 1, { ...acme, ...at('permissive', { authenticity: 'log' }) }, 'untrusted-identity'],
    ['keyless', 'unsigned', 1, acme],
    ['unsigned', 'unsigned', 1, acme],
  ])('%s is %s', async (layout, verdict, code, statement, reason) => {
    const seen = await verify(layout, writeNotationFolder([statement], STORES));

    expect({ code: seen.code, verdict: seen.result?.verdict, err: seen.err }).toEqual({ code, verdict, err: '' });
    if (reason !== undefined) expect(seen.result.reasons).toContainEqual(expect.objectContaining({ code: reason }));
  });

  test('a skipped repository, and one that no statement names, are no yes', async () => {
    const skip = { name: 'skipped', registryScopes: [SCOPE], signatureVerification: { level: 'skip' } };
    const folder = writeNotationFolder([skip, { ...acme, registryScopes: ['registry.example/other'] }], STORES);

    expect(await verify('notjws', folder)).toMatchObject({
      code: 3,
      result: { verdict: 'ignored', reasons: [{ code: 'verification-skipped' }] },
    });
    expect(await verify('notjws', folder, 'registry.example/third')).toMatchObject({
      code: 3,
      result: { verdict: 'ignored', reasons: [{ code: 'no-applicable-policy' }] },
    });
    // A name without its registry is no scope of Notation.
    expect((await verify('notjws', folder, 'demo/app')).code).toBe(3);
  });

  test('the statement that names the repository decides, not the one for all', async () => {
    const strict = { ...signedBy('x509.subject: C=US, ST=WA, O=Other'), name: 'own', registryScopes: [SCOPE] };
    const folder = writeNotationFolder([{ ...acme, registryScopes: ['*'] }, strict], STORES);

    expect(await verify('notjws', folder)).toMatchObject({ code: 1, result: { policy: 'own' } });
    expect(await verify('notjws', folder, 'registry.example/any')).toMatchObject({
      code: 0,
      result: { policy: 'acme' },
    });
  });
});

function read(...parts: readonly string[]): string {
  return corpusPath('signed-samples', ...parts) ?? '';
}

describe('a configuration folder that cannot be used', () => {
  const statement = signedBy('x509.subject: C=US, ST=WA, O=Acme');

  test.each<[string, () => string, RegExp]>([
    ['is not there', () => '/nowhere/at/all', /no such file or directory/],
    ['has no trust policy', () => makeFolder(), /there is no trustpolicy.json/],
    ['names a store that is not there', () => writeNotationFolder([statement], {}), /ca:acme.*it has no certificates/],
    [
      'has an unknown key',
      () => writeNotationFolder([{ ...statement, trustStore: [] }], {}),
      /trustStore|nrecognized|the trust policy/,
    ],
    [
      'has a linked store',
      () => {
        const folder = writeNotationFolder([statement], {});
        const other = makeFolder({ 'ca.crt': 'x' });
        mkdirSync(`${folder}/truststore/x509/ca`, { recursive: true });
        symlinkSync(other, `${folder}/truststore/x509/ca/acme`);
        return folder;
      },
      /is a link/,
    ],
    [
      'has something else than certificates in a store',
      () => {
        const folder = writeNotationFolder([statement], {});
        mkdirSync(`${folder}/truststore/x509/ca/acme`, { recursive: true });
        writeFileSync(`${folder}/truststore/x509/ca/acme/ca.crt`, 'no certificate');
        return folder;
      },
      /no certificate/,
    ],
  ])('%s', async (_, makeOne, message) => {
    const { code, out, err } = await runCli(['verify', 'oci:.', '--notation-config', makeOne(), '--scope', SCOPE]);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });
});
