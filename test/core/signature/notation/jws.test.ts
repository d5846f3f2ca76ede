import { describe, expect, test } from 'vitest';
import { type EnvelopeOptions, signJws } from '../../../support/notation-envelopes.ts';
import { issueChain, NOW } from '../../../support/notation-kit.ts';
import { summarize, verifyStrictly } from '../../../support/notation-verify.ts';

const chain = issueChain();
const stores = { 'ca:acme': [chain.root.certificate], 'signingAuthority:acme': [chain.root.certificate] };
const SCHEME = 'io.cncf.notary.signingScheme';
const EXPIRY = 'io.cncf.notary.expiry';
const SIGNING_TIME = 'io.cncf.notary.signingTime';

describe('JWS', () => {
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
    [
      'the minutes of the offset do not exist',
      { headers: { [SIGNING_TIME]: '2026-02-20T00:00:00+02:60' } },
      'bad-header',
    ],
    [
      'a header is nested deep',
      { headers: { a: JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`) }, critical: [SCHEME] },
      'malformed',
    ],
    [
      'a header has too many elements',
      { headers: { a: Array.from({ length: 11_000 }, () => []) }, critical: [SCHEME] },
      'malformed',
    ],
    ['the payload is huge', { rawPayload: Buffer.alloc(65 * 1024, 0x20) }, 'too-large'],
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
