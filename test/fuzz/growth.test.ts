import { describe, expect, test } from 'vitest';
import { digestOf } from '../../lambdas/core/digest.ts';
import { CountersignError } from '../../lambdas/core/errors.ts';
import { parseEvent } from '../../lambdas/core/events/parse-event.ts';
import { parsePolicy } from '../../lambdas/core/iam/parse-policy.ts';
import { parseManifest } from '../../lambdas/core/images/manifest.ts';
import { LIMITS } from '../../lambdas/core/images/source.ts';
import { parseBundle } from '../../lambdas/core/signature/bundle.ts';
import { parseCertificate } from '../../lambdas/core/signature/certificate.ts';
import { readDer } from '../../lambdas/core/signature/der.ts';
import { parseEnvelope } from '../../lambdas/core/signature/notation/envelope.ts';
import { parseTrustPolicy } from '../../lambdas/core/signature/notation/trust-policy.ts';
import { readStatement } from '../../lambdas/core/signature/statement.ts';
import { readTimestampToken } from '../../lambdas/core/signature/timestamp-token.ts';
import { readProvenance } from '../../lambdas/core/trust/provenance/read-provenance.ts';
import * as der from '../../local/sigstore/der.ts';
import { githubWorkflow } from '../../local/sigstore/fulcio.ts';
import { MANIFEST } from '../support/memory-source.ts';
import { image, judge, repositoryOf, signatureOn } from '../support/signed-repository.ts';
import { countSteps } from './count-steps.ts';

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const hex = digestOf('an image').slice('sha256:'.length);
const payloadType = 'application/vnd.in-toto+json';

const statementOf = (subjects: number, predicate: unknown) => {
  const subject = many(subjects, (index) => ({ name: `a${index}`, digest: { sha256: hex } }));
  const payload = json({
    _type: 'https://in-toto.io/Statement/v1',
    subject,
    predicateType: 'https://slsa.dev/provenance/v0.2',
    predicate,
  });
  return readStatement({ payloadType, payload, encoded: payload });
};
const provenanceOf = (materials: number) =>
  readProvenance('https://slsa.dev/provenance/v0.2', {
    builder: { id: 'b' },
    buildType: 't',
    invocation: { configSource: { uri: 'git+https://github.com/acme/app@refs/heads/main' } },
    materials: many(materials, (index) => ({ uri: `git+https://github.com/acme/app${index}@refs/heads/main` })),
  });
const layer = { mediaType: 'application/jose+json', digest: digestOf('a layer'), size: 7 };
const manifestOf = (layers: number, annotations: number) =>
  json({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: layer,
    layers: many(layers, () => layer),
    annotations: Object.fromEntries(many(annotations, (index) => [`a${index}`, 'b'])),
  });

/** Hostile inputs that grow: each is read at a size and at twice that. Whether it is accepted does not matter. */
const FAMILIES: readonly (readonly [string, number, (size: number) => unknown])[] = [
  ['subjects of a statement', 2000, (size) => statementOf(size, {})],
  [
    'a predicate of many names',
    2000,
    (size) => statementOf(1, Object.fromEntries(many(size, (index) => [`n${index}`, index]))),
  ],
  ['a predicate of one long text', 100_000, (size) => statementOf(1, 'a'.repeat(size))],
  ['a predicate of escapes', 50_000, (size) => statementOf(1, '\\"'.repeat(size))],
  ['materials of provenance', 2000, provenanceOf],
  ['spaces between members', 50_000, (size) => parseBundle(Buffer.from(`{"mediaType"${' '.repeat(size)}:"x"}`))],
  ['quotes without end', 50_000, (size) => parseBundle(Buffer.from('"'.repeat(size)))],
  ['braces without end', 50_000, (size) => parseBundle(Buffer.from('{"a":'.repeat(size)))],
  [
    'base64 of a bundle',
    50_000,
    (size) =>
      parseBundle(
        json({
          mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
          verificationMaterial: { publicKey: {} },
          dsseEnvelope: { payload: 'A'.repeat(size), payloadType, signatures: [{ sig: 'AAAA' }] },
        }),
      ),
  ],
  ['layers of a manifest', 1000, (size) => parseManifest({ mediaType: MANIFEST, bytes: manifestOf(size, 0) }, LIMITS)],
  [
    'annotations of a manifest',
    2000,
    (size) => parseManifest({ mediaType: MANIFEST, bytes: manifestOf(1, size) }, LIMITS),
  ],
  [
    'elements of DER',
    2000,
    (size) => readDer(der.sequence(...many(size, (index) => der.integer(index)))).readChildren(10_000),
  ],
  [
    'DER within DER',
    500,
    (size) => readTimestampToken(readDer(many(size, () => 0).reduce((inner) => der.sequence(inner), der.sequence()))),
  ],
  [
    'a certificate of many elements',
    2000,
    (size) =>
      parseCertificate(
        der.sequence(
          der.sequence(...many(size, (index) => der.integer(index))),
          der.sequence(),
          der.bitString(Buffer.alloc(1)),
        ),
      ),
  ],
  [
    'certificates of a JWS envelope',
    2000,
    (size) =>
      parseEnvelope(
        json({ payload: 'e30', protected: 'e30', signature: 'AAAA', header: { x5c: many(size, () => 'AAAA') } }),
        'application/jose+json',
      ),
  ],
  [
    'labels of a COSE envelope',
    2000,
    (size) =>
      parseEnvelope(
        Buffer.concat([
          Buffer.from([0xd2, 0x84, 0x40, 0xb9, size >> 8, size & 0xff]),
          Buffer.from(many(size, (index) => [0x19, index >> 8, index & 0xff, 0xf6]).flat()),
          Buffer.from([0x40, 0x40]),
        ]),
        'application/cose',
      ),
  ],
  [
    'CBOR within CBOR',
    1000,
    (size) =>
      parseEnvelope(
        Buffer.concat([Buffer.from([0xd2]), Buffer.alloc(size, 0x81), Buffer.from([0])]),
        'application/cose',
      ),
  ],
  [
    'statements of a Notation policy',
    200,
    (size) =>
      parseTrustPolicy(
        json({
          version: '1.0',
          trustPolicies: many(size, (index) => ({
            name: `p${index}`,
            registryScopes: [`r.example/a${index}`],
            signatureVerification: { level: 'strict' },
            trustStores: ['ca:a'],
            trustedIdentities: ['*'],
          })),
        }),
      ),
  ],
  [
    'statements of an IAM policy',
    200,
    (size) =>
      parsePolicy(
        JSON.stringify({
          Version: '2012-10-17',
          Statement: many(size, () => ({ Effect: 'Allow', Action: '*', Resource: '*' })),
        }),
      ),
  ],
  [
    'members of an event',
    2000,
    (size) => parseEvent(JSON.stringify(Object.fromEntries(many(size, (index) => [`n${index}`, index])))),
  ],
];

async function stepsOf(read: () => unknown): Promise<number> {
  return countSteps(() => {
    try {
      read();
    } catch (thrown) {
      if (!(thrown instanceof CountersignError)) throw thrown;
    }
  });
}

describe('steps grow no faster than the input', () => {
  test.each(FAMILIES)('%s', async (_, size, read) => {
    await stepsOf(() => read(size));
    const once = await stepsOf(() => read(size));
    const twice = await stepsOf(() => read(2 * size));

    expect(once).toBeGreaterThan(0);
    // A constant part makes the ratio smaller; a square would make it four.
    expect(twice / once).toBeLessThan(2.2);
  });

  test('referrers of an image', async () => {
    const referrers = many(60, (index) => signatureOn(image, {}, githubWorkflow(`mallory/app${index}`)));
    const look = (count: number) => countSteps(() => judge(repositoryOf(referrers.slice(0, count))));
    await look(30);

    expect((await look(60)) / (await look(30))).toBeLessThan(2.2);
  });
});
