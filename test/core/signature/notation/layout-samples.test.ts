import { expect, test } from 'vitest';
import { readNotationConfiguration } from '../../../../lambdas/core/signature/notation/configuration.ts';
import { verifyNotationSignature } from '../../../../lambdas/core/signature/notation/verify-notation-signature.ts';
import { describeWithCorpus } from '../../../support/corpus.ts';
import { readCorpusFile } from '../../../support/envelope-samples.ts';
import { ARTIFACT } from '../../../support/notation-envelopes.ts';
import { summarize } from '../../../support/notation-verify.ts';
import { readLayoutSignatures } from './layouts.ts';

const NOW = Date.UTC(2026, 10, 23, 12);

const STORE = ['signed-samples', 'notation', 'trust', 'truststore', 'x509'] as const;
const STORE_FILES = [
  ['ca', 'acme', 'ca.crt'],
  ['ca', 'self', 'self.crt'],
  ['tsa', 'local', 'root.crt'],
] as const;

function configurationWith(trustStores: readonly string[], identities: readonly string[]) {
  const policy = {
    version: '1.0',
    trustPolicies: [
      {
        name: 'samples',
        registryScopes: ['127.0.0.1:5001/demo/app'],
        signatureVerification: { level: 'strict' },
        trustStores,
        trustedIdentities: identities,
      },
    ],
  };
  return readNotationConfiguration(
    new Map<string, Uint8Array>([
      ['trustpolicy.json', Buffer.from(JSON.stringify(policy))],
      ...STORE_FILES.map((path) => [`truststore/x509/${path.join('/')}`, readCorpusFile(...STORE, ...path)] as const),
    ]),
  );
}

describeWithCorpus('the Notation layouts of signed-samples', ['signed-samples', 'layouts', 'notjws'], () => {
  const ACME = 'x509.subject: C=US, ST=WA, O=Acme, CN=Acme Release';
  test.each([
    ['notjws', ['ca:acme'], [ACME], 'accepted'],
    ['notjws', ['ca:acme'], ['x509.subject: C=US, ST=WA, O=Acme, CN=Acme'], 'rejected untrusted-identity'],
    ['notjws', ['ca:self'], ['*'], 'rejected untrusted-certificate'],
    ['notcose', ['ca:acme', 'tsa:local'], [ACME], 'accepted'],
    ['notcose', ['ca:acme'], ['*'], 'accepted'],
    ['notself', ['ca:self'], ['*'], 'accepted'],
    ['notself', ['ca:acme'], ['*'], 'rejected untrusted-certificate'],
    ['notexpired', ['ca:acme'], ['*'], 'rejected certificate-not-valid'],
    ['notexpired', ['ca:acme', 'tsa:local'], ['*'], 'rejected no-timestamp'],
    ['notexpiredtsa', ['ca:acme'], ['*'], 'rejected certificate-not-valid'],
    ['notexpiredtsa', ['ca:acme', 'tsa:local'], ['*'], 'accepted'],
  ])('%s under %j for %j: %s', async (layout, stores, identities, expected) => {
    const [signature, ...others] = readLayoutSignatures(layout);

    const outcome = await verifyNotationSignature(signature?.envelope ?? Buffer.alloc(0), signature?.mediaType ?? '', {
      artifact: signature?.artifact ?? ARTIFACT,
      now: NOW,
      trust: configurationWith(stores, identities),
      repository: '127.0.0.1:5001/demo/app',
    });

    expect(others).toEqual([]);
    expect(summarize(outcome)).toBe(expected);
  });

  test('a signature is about its own image only, and user metadata is signed', async () => {
    const [jws] = readLayoutSignatures('notjws');
    const [cose] = readLayoutSignatures('notcose');
    const trust = configurationWith(['ca:acme'], ['*']);
    const verify = (artifact = jws?.artifact ?? ARTIFACT, metadata = {}) =>
      verifyNotationSignature(jws?.envelope ?? Buffer.alloc(0), jws?.mediaType ?? '', {
        artifact,
        metadata,
        now: NOW,
        trust,
        repository: '127.0.0.1:5001/demo/app',
      });

    expect(summarize(await verify())).toBe('accepted');
    expect(summarize(await verify(cose?.artifact))).toBe('rejected subject-mismatch');
    expect(summarize(await verify(undefined, { build: '42' }))).toBe('accepted');
    expect(summarize(await verify(undefined, { build: '43' }))).toBe('rejected metadata-mismatch');
  });
});
