import { encode, Tagged } from 'cborg';
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
  ])('a %s key signs with its own algorithm', async (_name, makeKeys) => {
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

describe('JWS alone', () => {
  const verifyJson = (change: (envelope: Record<string, unknown>) => unknown, options: EnvelopeOptions = {}) =>
    verifyText(JSON.stringify(change(JSON.parse(signJws(chain, options).toString()))));
  const verifyText = (text: string) => verifyStrictly(Buffer.from(text), stores).then(summarize);

  test.each<[string, EnvelopeOptions, string]>([
    ['the content type is another', { headers: { cty: 'application/json' } }, 'bad-header'],
    ['the algorithm is none', { algorithm: 'none' }, 'unsupported'],
    ['the algorithm is symmetric', { algorithm: 'HS256' }, 'unsupported'],
    ['the algorithm is RSA of old', { algorithm: 'RS256' }, 'unsupported'],
    ['the time has no zone', { headers: { [SIGNING_TIME]: '2026-06-01T00:00:00' } }, 'bad-header'],
    ['the time does not exist', { headers: { [SIGNING_TIME]: '2026-02-30T00:00:00Z' } }, 'bad-header'],
    ['the time is a number', { headers: { [SIGNING_TIME]: 1 } }, 'bad-header'],
    ['the offset does not exist', { headers: { [SIGNING_TIME]: '2026-02-20T00:00:00+24:00' } }, 'bad-header'],
    ['the time is of long ago', { headers: { [SIGNING_TIME]: '1869-02-20T00:00:00Z' } }, 'bad-header'],
  ])('is refused where %s', async (_why, options, code) => {
    expect(summarize(await verifyStrictly(signJws(chain, options), stores))).toBe(`rejected ${code}`);
  });

  test('times with an offset are read as the moment they name', async () => {
    const expiry = '2026-06-01T13:59:59+02:00';
    const later = '2026-06-01T10:00:01-02:00';

    expect(await verifyText(signJws(chain, { headers: { [EXPIRY]: expiry } }).toString())).toBe(
      'rejected signature-expired',
    );
    expect(await verifyText(signJws(chain, { headers: { [EXPIRY]: later } }).toString())).toBe('accepted');
  });

  test('a protected header with a key twice is refused', async () => {
    const header = `{"alg":"ES256","crit":["${SCHEME}"],"cty":"application/vnd.cncf.notary.payload.v1+json","${SCHEME}":"notary.x509","${SIGNING_TIME}":"2026-06-01T00:00:00Z"}`;
    const doubled = header.replace('{', `{"${SCHEME}":"notary.x509.signingAuthority",`);

    expect(await verifyText(signJws(chain, { rawProtected: header }).toString())).toBe('accepted');
    expect(await verifyText(signJws(chain, { rawProtected: doubled }).toString())).toBe('rejected malformed');
  });

  test.each<[string, (envelope: Record<string, unknown>) => unknown, string]>([
    ['a further property', (envelope) => ({ ...envelope, signatures: [] }), 'malformed'],
    ['padding', (envelope) => ({ ...envelope, signature: `${envelope.signature}=` }), 'malformed'],
    ['base64 of the other alphabet', (envelope) => ({ ...envelope, payload: `${envelope.payload}+/` }), 'malformed'],
    ['a line break in the payload', (envelope) => ({ ...envelope, payload: `${envelope.payload}\n` }), 'malformed'],
    ['no signature', (envelope) => ({ ...envelope, signature: '' }), 'malformed'],
    ['a certificate that is not base64', (envelope) => ({ ...envelope, header: { x5c: ['*'] } }), 'malformed'],
    ['a certificate that is none', (envelope) => ({ ...envelope, header: { x5c: ['AAAA'] } }), 'malformed'],
    ['an array', (envelope) => [envelope], 'malformed'],
  ])('is refused with %s', async (_what, change, code) => {
    expect(await verifyJson(change)).toBe(`rejected ${code}`);
  });

  test('an altered payload, header or signature does not verify', async () => {
    const swap = (text: unknown) => {
      const bytes = Buffer.from(String(text), 'base64url');
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      return bytes.toString('base64url');
    };

    expect(await verifyJson((envelope) => ({ ...envelope, payload: swap(envelope.payload) }))).toBe(
      'rejected bad-signature',
    );
    expect(await verifyJson((envelope) => ({ ...envelope, signature: swap(envelope.signature) }))).toBe(
      'rejected bad-signature',
    );
    const other = JSON.parse(signJws(chain, { signingTime: NOW - 1000 }).toString()) as Record<string, unknown>;
    expect(await verifyJson((envelope) => ({ ...envelope, protected: other.protected }))).toBe(
      'rejected bad-signature',
    );
  });

  test('an outer property twice, bytes that are not UTF-8 and a byte order mark are refused', async () => {
    const text = signJws(chain).toString();

    expect(await verifyText(text.replace('{', '{"payload":"e30",'))).toBe('rejected malformed');
    expect(await verifyText(`\uFEFF${text}`)).toBe('rejected malformed');
    const bytes = Buffer.from(text.replace('kit/1.0.0', 'kit/1.0.~'));
    bytes[bytes.indexOf('~')] = 0xff;
    expect(summarize(await verifyStrictly(bytes, stores))).toBe('rejected malformed');
  });

  test('ECDSA in DER is no JWS signature', async () => {
    const envelope = JSON.parse(signJws(chain).toString()) as { signature: string };
    const raw = Buffer.from(envelope.signature, 'base64url');
    const integer = (part: Buffer) => Buffer.concat([Buffer.from([2, 33, 0]), part]);
    const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
    const der = Buffer.concat([Buffer.from([0x30, body.length]), body]);

    expect(await verifyJson((parts) => ({ ...parts, signature: der.toString('base64url') }))).toBe(
      'rejected bad-signature',
    );
  });
});

describe('COSE alone', () => {
  const verifyBytes = (bytes: Uint8Array) => verifyStrictly(bytes, stores, { mediaType: COSE }).then(summarize);
  type Labels = readonly (readonly [unknown, unknown])[];

  test.each<[string, Labels, string]>([
    ['the content type is another', [[3, 'application/json']], 'bad-header'],
    ['the content type is a number', [[3, 50]], 'bad-header'],
    ['the content type is missing', [[3, undefined]], 'bad-header'],
    ['it is a hash envelope', [[258, -16]], 'unsupported'],
    ['the chain is protected', [[33, [new Uint8Array(3)]]], 'unsupported'],
    ['the critical list is missing', [[2, undefined]], 'missing-critical-header'],
    ['a label is bytes', [[new Uint8Array([1]), 1]], 'unsupported'],
    ['the algorithm is text', [[1, '-7']], 'unsupported'],
    ['the algorithm is a MAC', [[1, 5]], 'unsupported'],
    ['the time has no tag', [[SIGNING_TIME, NOW / 1000]], 'bad-header'],
    ['the time has another tag', [[SIGNING_TIME, new Tagged(18, NOW / 1000)]], 'bad-header'],
    ['the time has a fraction', [[SIGNING_TIME, new Tagged(1, NOW / 1000 + 0.5)]], 'bad-header'],
    ['the time is negative', [[SIGNING_TIME, new Tagged(1, -5)]], 'bad-header'],
    ['the time is beyond all dates', [[SIGNING_TIME, new Tagged(1, 2 ** 52)]], 'bad-header'],
  ])('is refused where %s', async (_why, labels, code) => {
    expect(await verifyBytes(signCose(chain, { labels }))).toBe(`rejected ${code}`);
  });

  test('another tag, no tag, a fifth part and bytes at the end are refused', async () => {
    const good = signCose(chain);

    expect(await verifyBytes(good)).toBe('accepted');
    expect(await verifyBytes(signCose(chain, { tag: 98 }))).toBe('rejected malformed');
    expect(await verifyBytes(good.subarray(1))).toBe('rejected malformed');
    expect(await verifyBytes(Buffer.concat([good, Buffer.of(0)]))).toBe('rejected malformed');
    expect(await verifyBytes(encode(new Tagged(18, [new Uint8Array(1), new Map(), new Uint8Array(1)])))).toBe(
      'rejected malformed',
    );
    expect(await verifyBytes(encode(new Tagged(1, 5)))).toBe('rejected malformed');
  });

  test('lengths that are not shortest, indefinite lengths and a key twice are refused', async () => {
    const good = signCose(chain);
    const longer = Buffer.concat([Buffer.from([0xd8, 18]), good.subarray(1)]);
    const indefinite = Buffer.concat([Buffer.from([0xd2, 0x9f]), good.subarray(2), Buffer.of(0xff)]);
    const at = good.indexOf(Buffer.from('a2182183', 'hex'));
    const agent = Buffer.concat([Buffer.from([0x61]), Buffer.from('a'), Buffer.of(1)]);
    const doubled = Buffer.concat([good.subarray(0, at), Buffer.of(0xa4), agent, agent, good.subarray(at + 1)]);

    expect(await verifyBytes(longer)).toBe('rejected malformed');
    expect(await verifyBytes(indefinite)).toBe('rejected malformed');
    expect(at).toBeGreaterThan(0);
    expect(await verifyBytes(doubled)).toBe('rejected malformed');
  });

  test('nesting ends early', async () => {
    expect(await verifyBytes(Buffer.alloc(200_000, 0x81))).toBe('rejected too-large');
    expect(await verifyBytes(Buffer.alloc(200_000, 0xd2))).toBe('rejected too-large');
  });

  test('an altered payload does not verify', async () => {
    const good = signCose(chain);
    const altered = Buffer.from(good.toString('latin1').replace('"size":942', '"size":943'), 'latin1');

    expect(
      summarize(await verifyStrictly(altered, stores, { mediaType: COSE, artifact: { ...ARTIFACT, size: 943 } })),
    ).toBe('rejected bad-signature');
  });
});
