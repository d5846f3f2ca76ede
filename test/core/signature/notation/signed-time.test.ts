import { describe, expect, test } from 'vitest';
import { CODE_SIGNING, extension, TIME_STAMPING } from '../../../../local/sigstore/certificates.ts';
import * as der from '../../../../local/sigstore/der.ts';
import { type EnvelopeOptions, signCose, signJws } from '../../../support/notation-envelopes.ts';
import { acmeName, DAY, HOUR, issue, issueChain, issueRoot, NOW } from '../../../support/notation-kit.ts';
import { createStamper, type StampOptions, stamp, stampingExtensions } from '../../../support/notation-stamps.ts';
import { COSE, summarize, verifyStrictly } from '../../../support/notation-verify.ts';

const stamper = createStamper();
const stampWith =
  (options: StampOptions = {}, by = stamper) =>
  (signature: Buffer) =>
    stamp(by, signature, options);

const chain = issueChain();
const expired = issueChain({ leaf: { notBefore: NOW - 10 * DAY, notAfter: NOW - 5 * DAY } });
const DURING = NOW - 6 * DAY;

async function verify(
  options: EnvelopeOptions = {},
  over: { chain?: typeof chain; tsa?: readonly Buffer[] | undefined; after?: boolean; now?: number } = {},
): Promise<string> {
  const used = over.chain ?? chain;
  const tsa = 'tsa' in over ? over.tsa : [stamper.root.certificate];
  const stores = {
    'ca:acme': [used.root.certificate],
    'signingAuthority:acme': [used.root.certificate],
    ...(tsa === undefined ? {} : { 'tsa:stamps': tsa }),
  };
  const outcome = await verifyStrictly(signJws(used, options), stores, {
    now: over.now ?? NOW,
    statement: { verifyTimestamp: over.after === true ? 'afterCertExpiry' : 'always' },
  });
  return summarize(outcome);
}

describe('without a time stamp', () => {
  test('all certificates must be valid now, whatever the signer says', async () => {
    const none = { tsa: undefined };

    expect(await verify({}, none)).toBe('accepted');
    expect(await verify({ signingTime: DURING }, { ...none, chain: expired })).toBe('rejected certificate-not-valid');
    const future = issueChain({ leaf: { notBefore: NOW + HOUR } });
    expect(await verify({}, { ...none, chain: future })).toBe('rejected certificate-not-valid');
    const oldRoot = issueChain({ root: { notAfter: NOW - 1 } });
    expect(await verify({}, { ...none, chain: oldRoot })).toBe('rejected certificate-not-valid');
    const oldMiddle = issueChain({ intermediate: { notAfter: NOW - 1 } });
    expect(await verify({}, { ...none, chain: oldMiddle })).toBe('rejected certificate-not-valid');
  });

  test('a time stamp that no store stands for changes nothing', async () => {
    const options = { signingTime: DURING, timestamp: stampWith({ at: DURING }) };

    expect(await verify(options, { tsa: undefined, chain: expired })).toBe('rejected certificate-not-valid');
    expect(await verify({ timestamp: () => Buffer.from('rubbish') }, { tsa: undefined })).toBe('accepted');
  });

  test('where a store demands one, none is a refusal', async () => {
    expect(await verify()).toBe('rejected no-timestamp');
    expect(await verify({}, { after: true })).toBe('accepted');
    expect(await verify({ signingTime: DURING }, { after: true, chain: expired })).toBe('rejected no-timestamp');
  });
});

describe('with a time stamp', () => {
  test('what signed while it was valid counts after its end', async () => {
    const options = { signingTime: DURING - HOUR, timestamp: stampWith({ at: DURING }) };

    expect(await verify(options, { chain: expired })).toBe('accepted');
    expect(await verify(options, { chain: expired, after: true })).toBe('accepted');
    const outcome = await verifyStrictly(
      signCose(expired, options),
      { 'ca:acme': [expired.root.certificate], 'tsa:stamps': [stamper.root.certificate] },
      { mediaType: COSE },
    );
    expect(outcome).toMatchObject({ kind: 'accepted', signedAt: DURING, expiresAt: undefined });
  });

  test.each<[string, number, StampOptions, string]>([
    ['after the end', 0, { at: NOW - 5 * DAY + 1000 }, 'certificate-not-valid'],
    ['at the end', 0, { at: NOW - 5 * DAY }, 'accepted'],
    ['at the end, give or take two seconds', 0, { at: NOW - 5 * DAY - 1000, accuracy: 2 }, 'certificate-not-valid'],
    [
      'at the end under the baseline policy',
      0,
      { at: NOW - 5 * DAY, policy: '0.4.0.2023.1.1' },
      'certificate-not-valid',
    ],
    ['before the beginning', -6 * DAY, { at: NOW - 10 * DAY - 1000 }, 'certificate-not-valid'],
    [
      'at the beginning, give or take two seconds',
      -6 * DAY,
      { at: NOW - 10 * DAY + 1000, accuracy: 2 },
      'certificate-not-valid',
    ],
    ['before it says it was signed', 0, { at: NOW - 6 * DAY - 2 * HOUR }, 'bad-timestamp'],
  ])('a stamp %s', async (_when, shift, stampOptions, expected) => {
    const result = await verify(
      { signingTime: DURING - HOUR + shift, timestamp: stampWith(stampOptions) },
      { chain: expired },
    );

    expect(result).toBe(expected === 'accepted' ? expected : `rejected ${expected}`);
  });

  const impostor = createStamper();
  const wrongPurpose = createStamper({ leaf: stampingExtensions({ purposes: [CODE_SIGNING] }) });
  const twoPurposes = createStamper({ leaf: stampingExtensions({ purposes: [TIME_STAMPING, CODE_SIGNING] }) });
  const notCritical = createStamper({ leaf: stampingExtensions({ critical: false }) });
  const ended = createStamper({ notAfter: NOW - HOUR });
  const unborn = createStamper({ notBefore: NOW + HOUR });
  const crowded = { ...stamper, offered: Array.from({ length: 11 }, () => stamper.middle.certificate) };

  test.each<[string, (signature: Buffer) => Buffer, readonly Buffer[], string]>([
    ['of another authority', stampWith({}, impostor), [stamper.root.certificate], 'bad-timestamp'],
    ['over another signature', stampWith({ over: Buffer.from('x') }), [stamper.root.certificate], 'bad-timestamp'],
    ['with another key', stampWith({ keys: impostor.leaf.keys }), [stamper.root.certificate], 'bad-timestamp'],
    ['with altered content', stampWith({ digest: Buffer.alloc(32) }), [stamper.root.certificate], 'bad-timestamp'],
    ['that names no certificate', stampWith({ named: undefined }), [stamper.root.certificate], 'bad-timestamp'],
    [
      'that names another certificate',
      stampWith({ named: impostor.leaf.certificate }),
      [stamper.root.certificate],
      'bad-timestamp',
    ],
    ['without its certificate', stampWith({ withoutCertificate: true }), [stamper.root.certificate], 'bad-timestamp'],
    [
      'with an unknown critical extension',
      stampWith({ criticalExtension: true }),
      [stamper.root.certificate],
      'bad-timestamp',
    ],
    ['of the future', stampWith({ at: NOW + HOUR }), [stamper.root.certificate], 'bad-timestamp'],
    ['of a certificate for code', stampWith({}, wrongPurpose), [wrongPurpose.root.certificate], 'certificate-usage'],
    ['of a certificate for more', stampWith({}, twoPurposes), [twoPurposes.root.certificate], 'certificate-usage'],
    [
      'of a certificate whose purpose is not critical',
      stampWith({}, notCritical),
      [notCritical.root.certificate],
      'certificate-usage',
    ],
    ['of a certificate that had ended', stampWith({}, ended), [ended.root.certificate], 'bad-timestamp'],
    ['of a certificate that had not begun', stampWith({}, unborn), [unborn.root.certificate], 'bad-timestamp'],
    ['with too many certificates', stampWith({}, crowded), [stamper.root.certificate], 'bad-timestamp'],
    [
      'that names its signer by a key identifier nobody has',
      stampWith({ keyId: Buffer.alloc(20) }),
      [stamper.root.certificate],
      'bad-timestamp',
    ],
    [
      'that is no signed data',
      stampWith({ contentType: '1.2.840.113549.1.7.1' }),
      [stamper.root.certificate],
      'bad-timestamp',
    ],
    ['with two signers', stampWith({ twoSigners: true }), [stamper.root.certificate], 'bad-timestamp'],
    ['with an attribute twice', stampWith({ repeatedAttribute: true }), [stamper.root.certificate], 'bad-timestamp'],
    ['with an attribute of two values', stampWith({ twoValues: true }), [stamper.root.certificate], 'bad-timestamp'],
    ['of another version', stampWith({ version: 2 }), [stamper.root.certificate], 'bad-timestamp'],
    [
      'whose signed content type is another',
      stampWith({ contentAttribute: '1.2.840.113549.1.7.1' }),
      [stamper.root.certificate],
      'bad-timestamp',
    ],
    [
      'of negative accuracy',
      stampWith({ rawAccuracy: Buffer.from('30030201ff', 'hex') }),
      [stamper.root.certificate],
      'bad-timestamp',
    ],
    [
      'of endless accuracy',
      stampWith({ rawAccuracy: der.sequence(der.integer(2 ** 40)) }),
      [stamper.root.certificate],
      'bad-timestamp',
    ],
    [
      'of empty accuracy',
      stampWith({ rawAccuracy: Buffer.from('30020200', 'hex') }),
      [stamper.root.certificate],
      'bad-timestamp',
    ],
    ['that is none', () => Buffer.from('rubbish'), [stamper.root.certificate], 'malformed'],
    ['that is huge', () => Buffer.alloc(65 * 1024, 0x30), [stamper.root.certificate], 'too-large'],
    ['under an empty store', stampWith(), [], 'bad-trust-store'],
  ])('a stamp %s is refused', async (_what, timestamp, tsa, code) => {
    expect(await verify({ timestamp }, { tsa })).toBe(`rejected ${code}`);
  });

  test('a stamp may name its signer by the key identifier', async () => {
    const keyId = Buffer.alloc(20, 9);
    const named = createStamper({ more: [extension('2.5.29.14', der.octetString(keyId))] });
    const tsa = [named.root.certificate];

    expect(await verify({ timestamp: stampWith({ keyId }, named) }, { tsa })).toBe('accepted');
    expect(await verify({ timestamp: stampWith({ keyId: Buffer.alloc(20, 8) }, named) }, { tsa })).toBe(
      'rejected bad-timestamp',
    );
  });

  test('a stamp of an authority of the code signing store is refused', async () => {
    const root = issueRoot({ name: acmeName('Both') });
    const leaf = issue({ issuer: root, extensions: stampingExtensions(), name: acmeName('Stamp') });
    const both = { root, middle: root, leaf, offered: [root.certificate] };
    const code = issueChain();

    expect(
      await verify({ timestamp: stampWith({}, both) }, { chain: { ...code }, tsa: [stamper.root.certificate] }),
    ).toBe('rejected bad-timestamp');
    expect(await verify({ timestamp: stampWith({}, both) }, { tsa: [root.certificate] })).toBe('accepted');
  });
});

describe('by the word of the signing authority', () => {
  test('the certificates must have been valid then, and now does not matter', async () => {
    expect(await verify({ authority: true, signingTime: DURING }, { chain: expired })).toBe('accepted');
    expect(await verify({ authority: true, signingTime: NOW - 4 * DAY }, { chain: expired })).toBe(
      'rejected certificate-not-valid',
    );
    expect(await verify({ authority: true, signingTime: NOW - 11 * DAY }, { chain: expired })).toBe(
      'rejected certificate-not-valid',
    );
    expect(await verify({ authority: true, signingTime: NOW + HOUR })).toBe('rejected bad-timestamp');
  });

  test('a time stamp is not looked at', async () => {
    expect(await verify({ authority: true, timestamp: () => Buffer.from('rubbish') })).toBe('accepted');
  });
});
