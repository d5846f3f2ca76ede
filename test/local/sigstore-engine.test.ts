import { describe, expect, test } from 'vitest';
import { digestOf, hexOf } from '../../lambdas/core/digest.ts';
import type { SigstoreCandidate } from '../../lambdas/core/signature/candidate.ts';
import { parseTrustRoot } from '../../lambdas/core/signature/trust-root.ts';
import type { Verifier } from '../../lambdas/core/signature/verifier.ts';
import { verifySignature } from '../../lambdas/core/signature/verify-signature.ts';
import type { Flaws } from '../../local/sigstore/flaws.ts';
import { githubWorkflow } from '../../local/sigstore/fulcio.ts';
import { type BundleJson, createPrivateSigstore, type LegacyLayer } from '../../local/sigstore/private-sigstore.ts';
import { createSigningKey } from '../../local/sigstore/signers.ts';

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);
const sigstore = createPrivateSigstore({ now: () => NOW });
const root = parseTrustRoot(JSON.parse(JSON.stringify(sigstore.trustedRoot())));
const keyless: Verifier = { kind: 'certificate', root, log: 'required', certificateTimestamp: 'required' };
const IMAGE = digestOf('an image');
const RELEASE = githubWorkflow('acme/app');
const key = createSigningKey();

function ofBundle(bundle: BundleJson): SigstoreCandidate {
  return { format: 'bundle', origin: { kind: 'referrer' }, bytes: Buffer.from(JSON.stringify(bundle)) };
}

function ofLayer({ bytes, annotations }: LegacyLayer): SigstoreCandidate {
  return { format: 'simple-signing', origin: { kind: 'sig-tag' }, payload: bytes, annotations };
}

describe('what our own engine says of the signatures made here', () => {
  test.each([{ log: 'v1' }, { log: 'v1', timestamp: true }, { log: 'v2' }] as const)(
    'accepts a keyless bundle made with %o and reads who signed what',
    (options) => {
      const outcome = verifySignature(ofBundle(sigstore.signImageBundle(IMAGE, RELEASE, options)), keyless);

      expect(outcome).toMatchObject({
        ok: true,
        signer: { kind: 'certificate', names: [RELEASE.subject], issuer: RELEASE.issuer, claims: RELEASE.claims },
        content: { kind: 'statement', subjects: [{ algorithm: 'sha256', value: hexOf(IMAGE) }] },
        signedAt: expect.arrayContaining([NOW]),
      });
    },
  );

  test('accepts a keyless legacy signature', () => {
    const outcome = verifySignature(ofLayer(sigstore.signLegacy(IMAGE, 'acme/app', RELEASE)), keyless);

    expect(outcome).toMatchObject({ ok: true, content: { kind: 'simple-signing', manifestDigest: IMAGE } });
  });

  test('accepts key signatures in both formats, with and without a log', () => {
    const pinned = { kind: 'key', key: key.keys.publicKey, root } as const;

    for (const log of ['v1', 'v2'] as const) {
      const logged = sigstore.signImageBundle(IMAGE, key, { log, timestamp: true });
      expect(verifySignature(ofBundle(logged), { ...pinned, log: 'required' }).ok).toBe(true);
    }
    expect(verifySignature(ofBundle(sigstore.signImageBundle(IMAGE, key)), { ...pinned, log: 'not-required' }).ok).toBe(
      true,
    );
    expect(
      verifySignature(ofLayer(sigstore.signLegacy(IMAGE, 'acme/app', key)), { ...pinned, log: 'not-required' }).ok,
    ).toBe(true);
  });

  test('refuses a key signature under another key', () => {
    const other: Verifier = { kind: 'key', key: createSigningKey().keys.publicKey, log: 'not-required' };

    expect(verifySignature(ofBundle(sigstore.signImageBundle(IMAGE, key)), other)).toMatchObject({ ok: false });
    expect(verifySignature(ofLayer(sigstore.signLegacy(IMAGE, 'acme/app', key)), other)).toMatchObject({ ok: false });
  });

  const everywhere: readonly (keyof Flaws)[] = [
    'logKeyMismatch',
    'logKeyEmpty',
    'logEntryOfOtherSignature',
    'logEntryOfOtherPayload',
    'untrustedLog',
    'missingSct',
    'sctOfOtherCertificate',
    'untrustedCtLog',
    'missingEku',
    'wrongEku',
    'unknownCriticalExtension',
    'untrustedAuthority',
    'expired',
    'alteredPayload',
    'wrongSignature',
  ];
  test.each(everywhere)('refuses %s in a v1 bundle, a v2 bundle and a legacy signature', (flaw) => {
    const flaws = { [flaw]: true };

    const outcomes = [
      verifySignature(ofBundle(sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v1', flaws })), keyless),
      verifySignature(ofBundle(sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v2', flaws })), keyless),
      verifySignature(ofLayer(sigstore.signLegacy(IMAGE, 'acme/app', RELEASE, { flaws })), keyless),
    ];

    expect(outcomes.map(({ ok }) => ok)).toEqual([false, false, false]);
  });

  test.each(['brokenInclusionProof', 'duplicateLogEntry'] as const)('refuses %s in bundles', (flaw) => {
    for (const log of ['v1', 'v2'] as const) {
      const bundle = sigstore.signImageBundle(IMAGE, RELEASE, { log, flaws: { [flaw]: true } });
      expect(verifySignature(ofBundle(bundle), keyless).ok).toBe(false);
    }
  });

  test('refuses a signed entry timestamp that is not the log’s', () => {
    const flaws = { brokenEntryTimestamp: true };

    const bundle = sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v1', flaws });

    expect(verifySignature(ofBundle(bundle), keyless)).toMatchObject({ ok: false, code: 'bad-log-entry' });
    expect(verifySignature(ofLayer(sigstore.signLegacy(IMAGE, 'acme/app', RELEASE, { flaws })), keyless).ok).toBe(
      false,
    );
  });

  test.each(['timestampOverOtherBytes', 'untrustedTimestampAuthority'] as const)(
    'refuses %s where nothing else vouches for the time',
    (flaw) => {
      const bundle = sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v2', flaws: { [flaw]: true } });

      expect(verifySignature(ofBundle(bundle), keyless)).toMatchObject({ ok: false, code: 'bad-timestamp' });
    },
  );

  test('shows whom a wrong subject names, for the policy to refuse', () => {
    const outcome = verifySignature(
      ofBundle(sigstore.signImageBundle(IMAGE, RELEASE, { flaws: { wrongSubject: true } })),
      keyless,
    );

    expect(outcome).toMatchObject({ ok: true, content: { subjects: [{ value: hexOf(digestOf('another image')) }] } });
  });
});
