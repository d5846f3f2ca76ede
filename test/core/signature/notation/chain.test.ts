import { describe, expect, test } from 'vitest';
import {
  CODE_SIGNING,
  extension,
  extensions,
  generateEcKey,
  generateEd25519Key,
  TIME_STAMPING,
} from '../../../../local/sigstore/certificates.ts';
import * as der from '../../../../local/sigstore/der.ts';
import { signJws } from '../../../support/notation-envelopes.ts';
import {
  acmeName,
  authorityUsage,
  type CertificateOptions,
  type Chain,
  generateRsaKey,
  issue,
  issueChain,
  issueRoot,
  keyUsage,
  rootExtensions,
} from '../../../support/notation-kit.ts';
import { summarize, verifyStrictly } from '../../../support/notation-verify.ts';

const purposes = (...oids: string[]) => extension('2.5.29.37', der.sequence(...oids.map(der.objectIdentifier)));
const signing = keyUsage([0]);
const forCode = extensions.extendedKeyUsage(CODE_SIGNING);

async function verify(chain: Chain, certificates = chain.chain): Promise<string> {
  const stores = { 'ca:acme': [chain.root.certificate] };
  return summarize(await verifyStrictly(signJws(chain, { certificates }), stores));
}

describe('the leaf', () => {
  test.each<[string, CertificateOptions]>([
    ['no extended key usage', { extensions: [signing] }],
    [
      'other purposes beside code signing',
      { extensions: [signing, purposes(CODE_SIGNING, '1.3.6.1.4.1.311.10.3.13')] },
    ],
    [
      'basic constraints that say no authority',
      { extensions: [signing, forCode, extension('2.5.29.19', der.sequence())] },
    ],
    ['non-repudiation too', { extensions: [keyUsage([0, 1]), forCode] }],
    ['a critical extension that is not looked at', { more: [extension('1.2.3.4', der.integer(1), true)] }],
  ])('may have %s', async (_what, leaf) => {
    expect(await verify(issueChain({ leaf }))).toBe('accepted');
  });

  test.each<[string, CertificateOptions, string]>([
    ['no key usage', { extensions: [forCode] }, 'certificate-usage'],
    ['a key usage that is not critical', { extensions: [keyUsage([0], false), forCode] }, 'certificate-usage'],
    ['no digitalSignature', { extensions: [keyUsage([1]), forCode] }, 'certificate-usage'],
    ['keyEncipherment', { extensions: [keyUsage([0, 2]), forCode] }, 'certificate-usage'],
    ['dataEncipherment', { extensions: [keyUsage([0, 3]), forCode] }, 'certificate-usage'],
    ['keyAgreement', { extensions: [keyUsage([0, 4]), forCode] }, 'certificate-usage'],
    ['keyCertSign', { extensions: [keyUsage([0, 5]), forCode] }, 'certificate-usage'],
    ['cRLSign', { extensions: [keyUsage([0, 6]), forCode] }, 'certificate-usage'],
    ['encipherOnly', { extensions: [keyUsage([0, 7]), forCode] }, 'certificate-usage'],
    ['cA', { extensions: [signing, forCode, extensions.basicConstraints()] }, 'certificate-usage'],
    [
      'cA in an odd encoding',
      { extensions: [signing, forCode, extension('2.5.29.19', Buffer.from('3003010101', 'hex'))] },
      'certificate-usage',
    ],
    [
      'the purpose serverAuth',
      { extensions: [signing, purposes(CODE_SIGNING, '1.3.6.1.5.5.7.3.1')] },
      'certificate-usage',
    ],
    [
      'the purpose clientAuth',
      { extensions: [signing, purposes(CODE_SIGNING, '1.3.6.1.5.5.7.3.2')] },
      'certificate-usage',
    ],
    [
      'the purpose emailProtection',
      { extensions: [signing, purposes(CODE_SIGNING, '1.3.6.1.5.5.7.3.4')] },
      'certificate-usage',
    ],
    ['the purpose timeStamping', { extensions: [signing, purposes(CODE_SIGNING, TIME_STAMPING)] }, 'certificate-usage'],
    [
      'the purpose OCSPSigning',
      { extensions: [signing, purposes(CODE_SIGNING, '1.3.6.1.5.5.7.3.9')] },
      'certificate-usage',
    ],
    ['any purpose', { extensions: [signing, purposes(CODE_SIGNING, '2.5.29.37.0')] }, 'certificate-usage'],
    [
      'purposes without code signing',
      { extensions: [signing, purposes('1.3.6.1.4.1.311.10.3.13')] },
      'certificate-usage',
    ],
    ['a short RSA key', { keys: generateRsaKey(1024) }, 'unsupported'],
    ['an RSA key between the sizes', { keys: generateRsaKey(2560) }, 'unsupported'],
  ])('may not have %s', async (_what, leaf, code) => {
    expect(await verify(issueChain({ leaf }))).toBe(`rejected ${code}`);
  });

  test('may not be an Ed25519 certificate', async () => {
    const good = issueChain();
    const edwards = issue({ issuer: good.intermediate, keys: generateEd25519Key() });

    expect(await verify(good, [edwards.certificate, ...good.chain.slice(1)])).toBe('rejected unsupported');
  });

  test('may stand alone where it signed itself and is trusted itself', async () => {
    const alone = issue({});
    const chain: Chain = { root: alone, intermediate: alone, leaf: alone, chain: [alone.certificate] };

    expect(await verify(chain)).toBe('accepted');
  });

  test('that is an authority may not stand alone', async () => {
    const root = issueRoot({ extensions: [keyUsage([0, 5]), extensions.basicConstraints(), forCode] });

    expect(await verify({ root, intermediate: root, leaf: root, chain: [root.certificate] })).toBe(
      'rejected certificate-usage',
    );
  });
});

describe('authorities', () => {
  test.each<[string, CertificateOptions, string]>([
    ['no basic constraints', { extensions: [authorityUsage()] }, 'certificate-usage'],
    [
      'basic constraints that are not critical',
      { extensions: [authorityUsage(), extension('2.5.29.19', der.sequence(der.boolean(true)))] },
      'certificate-usage',
    ],
    [
      'basic constraints without cA',
      { extensions: [authorityUsage(), extension('2.5.29.19', der.sequence(), true)] },
      'certificate-usage',
    ],
    ['no key usage', { extensions: [extensions.basicConstraints()] }, 'certificate-usage'],
    [
      'a key usage that is not critical',
      { extensions: [keyUsage([5], false), extensions.basicConstraints()] },
      'certificate-usage',
    ],
    ['no keyCertSign', { extensions: [keyUsage([6]), extensions.basicConstraints()] }, 'certificate-usage'],
  ])('may not have %s', async (_what, intermediate, code) => {
    expect(await verify(issueChain({ intermediate }))).toBe(`rejected ${code}`);
  });

  test('a path length is kept', async () => {
    expect(await verify(issueChain({ root: { extensions: rootExtensions(1) } }))).toBe('accepted');
    expect(await verify(issueChain({ root: { extensions: rootExtensions(0) } }))).toBe('rejected certificate-usage');
    expect(await verify(issueChain({ root: { extensions: rootExtensions(200) } }))).toBe('rejected malformed');
  });
});

describe('the order', () => {
  const good = issueChain();
  const other = issueChain();
  const [leaf = Buffer.of(), middle = Buffer.of(), root = Buffer.of()] = good.chain;

  test.each<[string, readonly Buffer[], string]>([
    ['authorities swapped', [leaf, root, middle], 'bad-certificate-chain'],
    ['the root missing', [leaf, middle], 'bad-certificate-chain'],
    ['the intermediate missing', [leaf, root], 'bad-certificate-chain'],
    ['the leaf alone', [leaf], 'bad-certificate-chain'],
    ['the root twice', [leaf, middle, root, root], 'bad-certificate-chain'],
    ['an unrelated certificate between', [leaf, middle, other.intermediate.certificate, root], 'bad-certificate-chain'],
    ['an unrelated root at the end', [leaf, middle, other.root.certificate], 'bad-certificate-chain'],
    ['an unrelated root behind the root', [leaf, middle, root, other.root.certificate], 'bad-certificate-chain'],
    ['another leaf first', [other.leaf.certificate, middle, root], 'bad-signature'],
  ])('is kept: %s', async (_what, certificates, code) => {
    expect(await verify(good, certificates)).toBe(`rejected ${code}`);
  });

  test('an issuer of the same name with another key issued nothing', async () => {
    const impostor = issue({
      name: good.intermediate.name,
      issuer: good.root,
      extensions: rootExtensions(0),
      keys: generateEcKey(),
    });

    expect(await verify(good, [leaf, impostor.certificate, root])).toBe('rejected bad-certificate-chain');
  });
});

describe('the trust store', () => {
  const good = issueChain();

  test('trusts certificates, not names', async () => {
    const impostor = issueRoot({ name: acmeName('Acme Root') });
    const stores = { 'ca:acme': [impostor.certificate] };

    expect(summarize(await verifyStrictly(signJws(good), stores))).toBe('rejected untrusted-certificate');
  });

  test('may hold an intermediate', async () => {
    expect(summarize(await verifyStrictly(signJws(good), { 'ca:acme': [good.intermediate.certificate] }))).toBe(
      'accepted',
    );
  });

  test.each([
    [false, 'signingAuthority:acme', 'rejected untrusted-certificate'],
    [false, 'ca:acme', 'accepted'],
    [true, 'ca:acme', 'rejected untrusted-certificate'],
    [true, 'signingAuthority:acme', 'accepted'],
  ])('of the wrong type gives no trust (authority %s, %s)', async (authority, store, expected) => {
    const outcome = await verifyStrictly(signJws(good, { authority }), { [store]: [good.root.certificate] });

    expect(summarize(outcome)).toBe(expected);
  });

  test('that is named and empty gives no trust', async () => {
    expect(summarize(await verifyStrictly(signJws(good), { 'ca:acme': [] }))).toBe('rejected bad-trust-store');
  });
});
