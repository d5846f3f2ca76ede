import { encode, Tagged } from 'cborg';
import { describe, expect, test } from 'vitest';
import { ARTIFACT, signCose } from '../../../support/notation-envelopes.ts';
import { issueChain, NOW } from '../../../support/notation-kit.ts';
import { COSE, summarize, verifyStrictly } from '../../../support/notation-verify.ts';

const chain = issueChain();
const stores = { 'ca:acme': [chain.root.certificate], 'signingAuthority:acme': [chain.root.certificate] };
const SIGNING_TIME = 'io.cncf.notary.signingTime';

describe('COSE', () => {
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
    expect(await verifyBytes(signCose(chain, { tag: 1 }))).toBe('rejected malformed');
    const five = Buffer.concat([Buffer.from([0xd2, 0x85]), good.subarray(2), Buffer.of(0)]);
    expect(await verifyBytes(five)).toBe('rejected malformed');
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

  test('parts of other types are refused', async () => {
    const bytes = new Uint8Array([1]);
    const parts = (...list: unknown[]) => verifyBytes(encode(new Tagged(18, list)));

    expect(await verifyBytes(signCose(chain, { unprotected: { 'io.cncf.notary.timestampSignature': 'x' } }))).toBe(
      'rejected malformed',
    );
    expect(await verifyBytes(signCose(chain, { timestamp: () => Buffer.alloc(0) }))).toBe('rejected malformed');
    const [leaf = Buffer.of()] = chain.chain;
    expect(await verifyBytes(signCose(chain, { chainLabel: new Uint8Array(leaf) }))).toBe('rejected malformed');
    expect(await verifyBytes(signCose(chain, { chainLabel: ['text'] }))).toBe('rejected malformed');
    expect(await parts(encode(new Map()), [], bytes, bytes)).toBe('rejected malformed');
    expect(await parts(encode([]), new Map(), bytes, bytes)).toBe('rejected malformed');
    expect(await parts('text', new Map(), bytes, bytes)).toBe('rejected malformed');
  });

  test('an altered payload does not verify', async () => {
    const good = signCose(chain);
    const altered = Buffer.from(good.toString('latin1').replace('"size":942', '"size":943'), 'latin1');

    expect(
      summarize(await verifyStrictly(altered, stores, { mediaType: COSE, artifact: { ...ARTIFACT, size: 943 } })),
    ).toBe('rejected bad-signature');
  });
});
