import { X509Certificate } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../lambdas/core/digest.ts';
import type { Flaws } from '../../local/sigstore/flaws.ts';
import { githubWorkflow } from '../../local/sigstore/fulcio.ts';
import { type BundleJson, createPrivateSigstore, type SigningOptions } from '../../local/sigstore/private-sigstore.ts';
import { createSigningKey } from '../../local/sigstore/signers.ts';

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);
const sigstore = createPrivateSigstore({ now: () => NOW });
const IMAGE = digestOf('an image');
const RELEASE = githubWorkflow('acme/app');

describe('what @sigstore/verify, an independent verifier, says of the signatures made here', () => {
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(sigstore.trustedRoot())), {
    ctlogThreshold: 1,
    tlogThreshold: 1,
  });
  const verify = (bundle: BundleJson) => verifier.verify(toSignedEntity(bundleFromJSON(bundle)));

  test.each<SigningOptions>([{}, { log: 'v2', timestamp: true }, { log: 'v1' }, { log: 'v1', timestamp: true }])(
    'accepts a keyless image signature made with %o, again and again as the logs grow',
    (options) => {
      for (let round = 0; round < 5; round += 1) {
        const signer = verify(sigstore.signImageBundle(IMAGE, RELEASE, options));

        expect(signer.identity?.subjectAlternativeName).toBe(RELEASE.subject.value);
        expect(signer.identity?.extensions?.issuer).toBe(RELEASE.issuer);
      }
    },
  );

  test('accepts an e-mail identity', () => {
    const identity = {
      subject: { type: 'email', value: 'dev@example.test' },
      issuer: 'https://accounts.example.test',
    } as const;

    expect(verify(sigstore.signImageBundle(IMAGE, identity)).identity?.subjectAlternativeName).toBe('dev@example.test');
  });

  test('accepts an attestation and its certificate reads as a certificate', () => {
    const bundle = sigstore.attest(IMAGE, 'https://slsa.dev/provenance/v1', { buildDefinition: {} }, RELEASE);

    const certificate = new X509Certificate(
      Buffer.from(bundle.verificationMaterial.certificate?.rawBytes ?? '', 'base64'),
    );

    expect(verify(bundle).identity?.subjectAlternativeName).toBe(RELEASE.subject.value);
    expect(certificate.subjectAltName).toBe(`URI:${RELEASE.subject.value}`);
    expect(certificate.validToDate.getTime() - certificate.validFromDate.getTime()).toBe(600_000);
  });

  test('accepts a key signature with and without a log entry', () => {
    const key = createSigningKey();
    const material = toTrustMaterial(TrustedRoot.fromJSON(sigstore.trustedRoot()), {
      [key.hint]: { rawBytes: key.keys.spki, validFor: { start: new Date(0) }, keyDetails: 5 },
    });
    const entity = (options?: SigningOptions) =>
      toSignedEntity(bundleFromJSON(sigstore.signImageBundle(IMAGE, key, options)));

    expect(() => new Verifier(material, { tlogThreshold: 0, timestampThreshold: 0 }).verify(entity())).not.toThrow();
    expect(() =>
      new Verifier(material, { tlogThreshold: 1 }).verify(entity({ log: 'v2', timestamp: true })),
    ).not.toThrow();
    expect(() => new Verifier(material, { tlogThreshold: 1 }).verify(entity({ log: 'v1' }))).not.toThrow();
  });

  const refusedByBoth: readonly (keyof Flaws)[] = [
    'logEntryOfOtherSignature',
    'logEntryOfOtherPayload',
    'untrustedLog',
    'brokenInclusionProof',
    'duplicateLogEntry',
    'missingSct',
    'sctOfOtherCertificate',
    'untrustedCtLog',
    'untrustedAuthority',
    'expired',
    'alteredPayload',
    'wrongSignature',
  ];
  test.each(refusedByBoth)('refuses %s', (flaw) => {
    for (const log of ['v1', 'v2'] as const) {
      const bundle = sigstore.signImageBundle(IMAGE, RELEASE, { log, flaws: { [flaw]: true } });

      expect(() => verify(bundle), log).toThrow();
    }
  });

  test.each(['timestampOverOtherBytes', 'untrustedTimestampAuthority'] as const)('refuses %s', (flaw) => {
    expect(() => verify(sigstore.signImageBundle(IMAGE, RELEASE, { flaws: { [flaw]: true } }))).toThrow();
  });

  test('refuses a broken signed entry timestamp', () => {
    expect(() =>
      verify(sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v1', flaws: { brokenEntryTimestamp: true } })),
    ).toThrow();
  });

  test('refuses what another private Sigstore signed', () => {
    const other = createPrivateSigstore({ now: () => NOW });

    expect(() => verify(other.signImageBundle(IMAGE, RELEASE))).toThrow();
  });
});
