import { Tagged } from 'cborg';
import { describe, expect, test } from 'vitest';
import { generateEcKey } from '../../../../local/sigstore/certificates.ts';
import { ARTIFACT, type EnvelopeOptions, signCose, signJws } from '../../../support/notation-envelopes.ts';
import { generateP521Key, generateRsaKey, issueChain, NOW } from '../../../support/notation-kit.ts';
import { COSE, JWS, summarize, verifyStrictly } from '../../../support/notation-verify.ts';

const chain = issueChain();
const stores = { 'ca:acme': [chain.root.certificate], 'signingAuthority:acme': [chain.root.certificate] };
const SCHEME = 'io.cncf.notary.signingScheme';
const EXPIRY = 'io.cncf.notary.expiry';
const AUTHENTIC = 'io.cncf.notary.authenticSigningTime';
const SIGNING_TIME = 'io.cncf.notary.signingTime';
const PLUGIN = 'io.cncf.notary.verificationPlugin';

const formats = [
  [JWS, signJws],
  [COSE, signCose],
] as const;

describe.each(formats)('%s', (mediaType, sign) => {
  const verify = (options: EnvelopeOptions = {}, artifact: typeof ARTIFACT | object = ARTIFACT) =>
    verifyStrictly(sign(chain, options), stores, { mediaType, artifact: { ...ARTIFACT, ...artifact } }).then(summarize);

  test('a good signature of either scheme is accepted, with an expiry or without', async () => {
    expect(await verify()).toBe('accepted');
    expect(await verify({ expiry: NOW + 1000 })).toBe('accepted');
    expect(await verify({ authority: true })).toBe('accepted');
    expect(await verify({ headers: { 'com.example.note': 'x' }, critical: [SCHEME] })).toBe('accepted');
  });

  test.each([
    ['P-256', () => generateEcKey('P-256')],
    ['P-384', () => generateEcKey('P-384')],
    ['P-521', generateP521Key],
    ['RSA 2048', () => generateRsaKey(2048)],
    ['RSA 3072', () => generateRsaKey(3072)],
    ['RSA 4096', () => generateRsaKey(4096)],
  ])('a %s key signs with its own algorithm', { timeout: 60_000 }, async (_name, makeKeys) => {
    const other = issueChain({ leaf: { keys: makeKeys() } });

    const outcome = await verifyStrictly(sign(other), { 'ca:acme': [other.root.certificate] }, { mediaType });

    expect(summarize(outcome)).toBe('accepted');
  });

  test.each<[string, EnvelopeOptions, string]>([
    [
      'another digest is signed',
      { payload: { targetArtifact: { ...ARTIFACT, digest: `sha256:${'cd'.repeat(32)}` } } },
      'subject-mismatch',
    ],
    ['another size is signed', { payload: { targetArtifact: { ...ARTIFACT, size: 943 } } }, 'subject-mismatch'],
    [
      'another media type is signed',
      { payload: { targetArtifact: { ...ARTIFACT, mediaType: 'a/b' } } },
      'subject-mismatch',
    ],
    [
      'the payload has a property twice',
      {
        rawPayload: Buffer.from(
          `{"targetArtifact":${JSON.stringify(ARTIFACT)},"targetArtifact":${JSON.stringify(ARTIFACT)}}`,
        ),
      },
      'bad-payload',
    ],
    [
      'the payload has its digest twice under an escape',
      {
        rawPayload: Buffer.from(
          JSON.stringify({ targetArtifact: ARTIFACT }).replace('{"mediaType"', '{"dig\\u0065st":"x","mediaType"'),
        ),
      },
      'bad-payload',
    ],
    ['the payload has unknown properties', { payload: { targetArtifact: ARTIFACT, other: 1 } }, 'bad-payload'],
    [
      'the payload has a look-alike property',
      { payload: { targetArtifact: ARTIFACT, TargetArtifact: ARTIFACT } },
      'bad-payload',
    ],
    ['the payload has no size', { payload: { targetArtifact: { ...ARTIFACT, size: undefined } } }, 'bad-payload'],
    ['the payload is not JSON', { rawPayload: Buffer.from('no') }, 'bad-payload'],
    [
      'the payload is nested deep',
      { rawPayload: Buffer.from(`${'['.repeat(5000)}${']'.repeat(5000)}`) },
      'bad-payload',
    ],
    ['the scheme is unknown', { headers: { [SCHEME]: 'notary.x509.other' } }, 'bad-header'],
    [
      'the scheme is unknown, like a known one',
      { authority: true, headers: { [SCHEME]: 'notary.x509.SigningAuthority' } },
      'bad-header',
    ],
    ['the scheme is missing', { headers: { [SCHEME]: undefined, x: 'y' }, critical: ['x'] }, 'bad-header'],
    ['the scheme is not critical', { critical: [EXPIRY], expiry: NOW + 1000 }, 'missing-critical-header'],
    ['nothing is critical', { critical: [] }, 'missing-critical-header'],
    ['the critical list is no list', { critical: 'x' as unknown as [] }, 'missing-critical-header'],
    ['a critical header is a number', { critical: [SCHEME, 7] }, 'bad-header'],
    ['a critical header is listed twice', { critical: [SCHEME, SCHEME] }, 'bad-header'],
    ['a critical header is not there', { critical: [SCHEME, EXPIRY] }, 'missing-critical-header'],
    ['a registered header is critical', { critical: [SCHEME, 'alg'] }, 'missing-critical-header'],
    ['an unknown header is critical', { headers: { 'com.example.rule': 'x' } }, 'unknown-critical-header'],
    ['the expiry is not critical', { expiry: NOW + 1000, critical: [SCHEME] }, 'missing-critical-header'],
    ['it expires before it was signed', { expiry: NOW - 3_600_000 }, 'bad-header'],
    ['it expired just now', { expiry: NOW }, 'signature-expired'],
    ['the signing time is missing', { headers: { [SIGNING_TIME]: undefined } }, 'bad-header'],
    ['the authentic time is missing', { authority: true, headers: { [AUTHENTIC]: undefined } }, 'bad-header'],
    ['the authentic time is not critical', { authority: true, critical: [SCHEME] }, 'missing-critical-header'],
    [
      'a header looks like a known one',
      { headers: { 'io.cncf.notary.EXPIRY': 'x' }, critical: [SCHEME] },
      'bad-header',
    ],
    ['a header looks like a registered one', { headers: { Crit: 'x' }, critical: [SCHEME] }, 'bad-header'],
    ['a plugin is demanded', { headers: { [PLUGIN]: 'com.example.plugin' } }, 'plugin-required'],
    [
      'a plugin is demanded, not critical',
      { headers: { [PLUGIN]: 'com.example.plugin' }, critical: [SCHEME] },
      'missing-critical-header',
    ],
    ['the plugin is no text', { headers: { [PLUGIN]: 5 } }, 'bad-header'],
    [
      'a plugin version stands alone',
      { headers: { 'io.cncf.notary.verificationPluginMinVersion': '1.0.0' } },
      'bad-header',
    ],
    ['the algorithm is that of another size', { algorithm: 'ES384' }, 'algorithm-mismatch'],
    ['the algorithm is that of another type', { algorithm: 'PS256' }, 'algorithm-mismatch'],
    ['the algorithm is missing', { algorithm: undefined }, 'unsupported'],
    ['another key signed', { keys: generateEcKey('P-256') }, 'bad-signature'],
    ['a protected header stands unprotected', { unprotected: { [EXPIRY]: '2030-01-01T00:00:00Z' } }, 'bad-header'],
    [
      'a header stands in both',
      { headers: { 'com.example.a': 1 }, critical: [SCHEME], unprotected: { 'com.example.a': 1 } },
      'bad-header',
    ],
    ['there is no certificate', { certificates: [] }, 'malformed'],
    [
      'there are too many certificates',
      { certificates: Array.from({ length: 11 }, () => chain.root.certificate) },
      mediaType === JWS ? 'malformed' : 'too-large',
    ],
    [
      'there are too many headers',
      { headers: Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`h${at}`, at])), critical: [SCHEME] },
      'too-large',
    ],
    [
      'the other time is there too',
      { headers: { [AUTHENTIC]: mediaType === JWS ? '2026-06-01T00:00:00Z' : new Tagged(1, NOW / 1000) } },
      'bad-header',
    ],
  ])('is refused where %s', async (_why, options, code) => {
    expect(await verify(options)).toBe(`rejected ${code}`);
  });

  test('metadata must be signed as demanded', async () => {
    const payload = { targetArtifact: { ...ARTIFACT, annotations: { build: '7' } } };
    const verifyWith = (metadata: Record<string, string>) =>
      verifyStrictly(sign(chain, { payload }), stores, { mediaType, metadata }).then(summarize);

    expect(await verifyWith({ build: '7' })).toBe('accepted');
    expect(await verifyWith({ build: '8' })).toBe('rejected metadata-mismatch');
    expect(await verifyWith({ toString: 'x' })).toBe('rejected metadata-mismatch');
  });

  test('an envelope read as the other type, as nothing or too large is refused', async () => {
    const bytes = sign(chain);
    const other = mediaType === JWS ? COSE : JWS;

    expect(summarize(await verifyStrictly(bytes, stores, { mediaType: other }))).toBe('rejected malformed');
    expect(summarize(await verifyStrictly(bytes, stores, { mediaType: 'text/plain' }))).toBe('rejected unsupported');
    expect(summarize(await verifyStrictly(Buffer.alloc(0), stores, { mediaType }))).toBe('rejected malformed');
    const large = Buffer.concat([bytes, Buffer.alloc(256 * 1024, 0x20)]);
    expect(summarize(await verifyStrictly(large, stores, { mediaType }))).toBe('rejected too-large');
  });
});
