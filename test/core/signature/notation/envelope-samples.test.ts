import { expect, test } from 'vitest';
import { parseCertificate } from '../../../../lambdas/core/signature/certificate.ts';
import { verifyCountersignature } from '../../../../lambdas/core/signature/notation/countersignature.ts';
import type { RevocationPorts } from '../../../../lambdas/core/signature/notation/revocation/check.ts';
import { describeWithCorpus } from '../../../support/corpus.ts';
import { readCorpusFile, rootsOf, takeSample } from '../../../support/envelope-samples.ts';
import { summarize, verifyStrictly } from '../../../support/notation-verify.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const manifest = (digest: string, size: number) => ({
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  digest: `sha256:${digest}`,
  size,
});
const MOCK = manifest('60043cf45eaebc4c0867fea485a039b598f52fd09fd5b07b0b2d2f88fad9d74e', 528);
const PLUGIN = manifest('fe7e9333395060c2f5e63cf36a38fba10176f183b4163a5794e081a480abba5f', 942);
const METADATA = manifest('5a07385af4e6b6af81b0ebfd435aedccdfa3507f0609c658209e1aba57159b2b', 942);
const STAMPED = manifest('c0669ef34cdc14332c0f1ab0c2c01acb91d96014b172f1a76f3a39e63d1f0bda', 528);

/** GlobalSign is out of reach of a test, and what it said in 2024 is not kept. */
const silent: RevocationPorts = { fetch: async () => ({ kind: 'unavailable', reason: 'no network in tests' }) };

describeWithCorpus('notation-envelopes', ['notation-envelopes'], () => {
  // The expected results are those of notation-go with each sample's own root trusted; where we differ the reason says why.
  test.each([
    ['mock/ca_valid_sig_env.json', MOCK, 'accepted', 'two certificates, expires in 2120'],
    ['mock/sa_valid_sig_env.json', MOCK, 'accepted', 'signing authority, expires in 2120'],
    ['mock/ca_expired_sig_env.json', MOCK, 'rejected signature-expired', 'expired in July 2022'],
    ['mock/sa_expired_sig_env.json', MOCK, 'rejected signature-expired', 'expired in July 2022'],
    [
      'mock/ca_invalid_sig_env.json',
      MOCK,
      'rejected malformed',
      'the signature was altered: its last character spells no bytes',
    ],
    ['mock/sa_invalid_sig_env.json', MOCK, 'rejected malformed', 'the same under the other scheme'],
    ['mock/ca_plugin_sig_env.json', MOCK, 'rejected plugin-required', 'demands a plugin we do not know'],
    ['mock/sa_plugin_sig_env.json', MOCK, 'rejected plugin-required', 'demands a plugin we do not know'],
    ...['0.0.9', '1.0.0', '1.0.0-alpha', '1.0.0-alpha.beta'].map(
      (version) =>
        [
          `mock/ca_compatible_pluginver_sig_env_${version}.json`,
          PLUGIN,
          'rejected plugin-required',
          'notation-go accepts with the mock plugin installed; whoever has not its logic must refuse',
        ] as const,
    ),
    ...['1.0.1', '1.0.9', '1.1.0-alpha', '1.2.3'].map(
      (version) =>
        [
          `mock/ca_incompatible_pluginver_sig_env_${version}.json`,
          PLUGIN,
          'rejected plugin-required',
          'demands a newer plugin than notation-go has',
        ] as const,
    ),
    [
      'mock/sig_env_with_metadata.json',
      METADATA,
      'rejected certificate-not-valid',
      'a certificate of one day in 2023, no time stamp',
    ],
    ['timestamp/sigEnv/withoutTimestamp.sig', STAMPED, 'accepted', 'the certificate is valid until 2033'],
    [
      'timestamp/sigEnv/jwsWithTimestamp.sig',
      STAMPED,
      'undetermined revocation-unknown',
      'good, and GlobalSign cannot be asked',
    ],
    [
      'timestamp/sigEnv/coseWithTimestamp.sig',
      STAMPED,
      'undetermined revocation-unknown',
      'good, and GlobalSign cannot be asked',
    ],
    [
      'timestamp/sigEnv/jwsExpiredWithTimestamp.sig',
      STAMPED,
      'undetermined revocation-unknown',
      'stamped within ten minutes of validity',
    ],
    [
      'timestamp/sigEnv/coseExpiredWithTimestamp.sig',
      STAMPED,
      'undetermined revocation-unknown',
      'stamped within ten minutes of validity',
    ],
    [
      'timestamp/sigEnv/timestampAfterNotAfter.sig',
      STAMPED,
      'rejected certificate-not-valid',
      'stamped after the certificate ended',
    ],
    [
      'timestamp/sigEnv/timestampBeforeNotBefore.sig',
      STAMPED,
      'rejected certificate-not-valid',
      'stamped before the certificate began',
    ],
  ] as const)('%s', async (file, artifact, expected) => {
    const bytes = readCorpusFile('notation-envelopes', ...file.split('/'));
    const { anchors, token, stampRoots } = takeSample(bytes);
    const stores = {
      'ca:own': anchors,
      'signingAuthority:own': anchors,
      ...(token === undefined ? {} : { 'tsa:own': stampRoots }),
    };

    const outcome = await verifyStrictly(bytes, stores, {
      mediaType: bytes[0] === 0x7b ? 'application/jose+json' : 'application/cose',
      artifact,
      now: NOW,
      revocation: silent,
    });

    expect(summarize(outcome)).toBe(expected);
  });

  test.each([
    'jwsWithTimestamp.sig',
    'coseWithTimestamp.sig',
    'jwsExpiredWithTimestamp.sig',
    'coseExpiredWithTimestamp.sig',
  ])('%s is accepted where revocation is not checked', async (file) => {
    const bytes = readCorpusFile('notation-envelopes', 'timestamp', 'sigEnv', file);
    const { anchors, stampRoots } = takeSample(bytes);

    const outcome = await verifyStrictly(
      bytes,
      { 'ca:own': anchors, 'tsa:own': stampRoots },
      {
        mediaType: bytes[0] === 0x7b ? 'application/jose+json' : 'application/cose',
        artifact: STAMPED,
        now: NOW,
        statement: {
          enforcement: {
            integrity: 'enforce',
            authenticity: 'enforce',
            authenticTimestamp: 'enforce',
            expiry: 'enforce',
            revocation: 'skip',
          },
        },
      },
    );

    expect(summarize(outcome)).toBe('accepted');
  });

  test.each([
    ['TimeStampTokenWithoutCertificate.p7s', /the certificate of its signer is missing/],
    ['TimeStampTokenWithInvalideContentType.p7s', /not a time stamp/],
    ['TimeStampTokenWithInvalidTSTInfo.p7s', /DER: tag 30 where 18 belongs/],
  ])('countersignature %s is refused', (file, message) => {
    const good = readCorpusFile('notation-envelopes', 'timestamp', 'countersignature', 'TimeStampToken.p7s');
    const anchors = rootsOf(good).map((der) => parseCertificate(der));
    const token = readCorpusFile('notation-envelopes', 'timestamp', 'countersignature', file);

    expect(() => verifyCountersignature(token, Buffer.from('notation'), anchors)).toThrow(message);
  });

  test('countersignature TimeStampToken.p7s is over its message and over no other', () => {
    const token = readCorpusFile('notation-envelopes', 'timestamp', 'countersignature', 'TimeStampToken.p7s');
    const anchors = rootsOf(token).map((der) => parseCertificate(der));

    const time = verifyCountersignature(token, Buffer.from('notation'), anchors);

    expect([time.earliest, time.latest]).toEqual([Date.UTC(2021, 8, 17, 14, 9, 9), Date.UTC(2021, 8, 17, 14, 9, 11)]);
    expect(() => verifyCountersignature(token, Buffer.from('mismatch'), anchors)).toThrow(/over other bytes/);
    expect(() => verifyCountersignature(token, Buffer.from('notation'), [])).toThrow(/no root of the trust stores/);
  });
});
