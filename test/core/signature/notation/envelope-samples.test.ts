import { expect, test } from 'vitest';
import { parseCertificate } from '../../../../lambdas/core/signature/certificate.ts';
import { verifyCountersignature } from '../../../../lambdas/core/signature/notation/countersignature.ts';
import type { RevocationPorts } from '../../../../lambdas/core/signature/notation/revocation/check.ts';
import { COUNTERSIGNATURES, ENVELOPES, STAMPED } from '../../../conformance/expected/notation-envelopes.ts';
import { describeWithCorpus } from '../../../support/corpus.ts';
import { readCorpusFile, rootsOf, takeSample } from '../../../support/envelope-samples.ts';
import { summarize, verifyStrictly } from '../../../support/notation-verify.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
/** GlobalSign is out of reach of a test, and what it said in 2024 is not kept. */
const silent: RevocationPorts = { fetch: async () => ({ kind: 'unavailable', reason: 'no network in tests' }) };

describeWithCorpus('notation-envelopes', ['notation-envelopes'], () => {
  test.each(ENVELOPES)('$file is $expected: $because', async ({ file, artifact, expected }) => {
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

  test.each(COUNTERSIGNATURES.filter(({ says }) => says !== undefined))(
    '$file is refused: $because',
    ({ file, says }) => {
      const good = readCorpusFile('notation-envelopes', 'timestamp', 'countersignature', 'TimeStampToken.p7s');
      const anchors = rootsOf(good).map((der) => parseCertificate(der));
      const token = readCorpusFile('notation-envelopes', ...file.split('/'));

      expect(() => verifyCountersignature(token, Buffer.from('notation'), anchors)).toThrow(says);
    },
  );

  test('countersignature TimeStampToken.p7s is over its message and over no other', () => {
    const token = readCorpusFile('notation-envelopes', 'timestamp', 'countersignature', 'TimeStampToken.p7s');
    const anchors = rootsOf(token).map((der) => parseCertificate(der));

    const time = verifyCountersignature(token, Buffer.from('notation'), anchors);

    expect([time.earliest, time.latest]).toEqual([Date.UTC(2021, 8, 17, 14, 9, 9), Date.UTC(2021, 8, 17, 14, 9, 11)]);
    expect(() => verifyCountersignature(token, Buffer.from('mismatch'), anchors)).toThrow(/over other bytes/);
    expect(() => verifyCountersignature(token, Buffer.from('notation'), [])).toThrow(/no root of the trust stores/);
  });
});
