import { describe, expect, it } from 'vitest';
import { parseBundle } from '../../../lambdas/core/signature/bundle.ts';
import { createSigningKey } from '../../../local/sigstore/signers.ts';
import { ARTIFACT, IMAGE, RELEASE, setUpEngine } from '../../support/engine.ts';

const { sigstore } = setUpEngine();
const bundle = sigstore.signImageBundle(IMAGE, RELEASE, { log: 'v1', timestamp: true });
const message = sigstore.signArtifact(ARTIFACT, RELEASE, { log: 'v1' });
const material = bundle.verificationMaterial;
const [entry] = material.tlogEntries ?? [];
const { certificate } = material;

const V01 = 'application/vnd.dev.sigstore.bundle+json;version=0.1';
const codeOf = (json: unknown): unknown => {
  try {
    parseBundle(Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)));
    return 'parsed';
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? thrown.code : thrown;
  }
};
const withMaterial = (over: object) => ({ ...bundle, verificationMaterial: { ...material, ...over } });
const withEntry = (over: object) => withMaterial({ tlogEntries: [{ ...entry, ...over }] });
const root = { rawBytes: sigstore.trustedRoot().certificateAuthorities[0]?.certChain.certificates[1]?.rawBytes };
const { certificate: _, ...bare } = material;
const asChain = (certificates: readonly unknown[], mediaType = V01) => ({
  ...bundle,
  mediaType,
  verificationMaterial: { ...bare, x509CertificateChain: { certificates } },
});

describe('parseBundle', () => {
  it('takes every form apart alike', () => {
    expect(parseBundle(Buffer.from(JSON.stringify(bundle)))).toMatchObject({
      signed: { kind: 'envelope' },
      proofRequired: true,
      entries: [{ kind: 'dsse 0.0.1' }],
    });
    expect(parseBundle(Buffer.from(JSON.stringify(message)))).toMatchObject({ signed: { kind: 'artifact' } });
    expect(parseBundle(Buffer.from(JSON.stringify(asChain([certificate]))))).toMatchObject({ proofRequired: false });
    expect(parseBundle(Buffer.from(JSON.stringify(sigstore.signImageBundle(IMAGE, createSigningKey()))))).toMatchObject(
      { certificate: undefined, entries: [] },
    );
  });

  it.each<[string, unknown, string]>([
    ['text that is not JSON', '{', 'malformed'],
    ['a member twice', JSON.stringify(bundle).replace('{', '{"mediaType":"x",'), 'malformed'],
    ['no media type', { ...bundle, mediaType: undefined }, 'malformed'],
    ['an unknown version', { ...bundle, mediaType: 'application/vnd.dev.sigstore.bundle.v0.4+json' }, 'unsupported'],
    ['a media type that every object of JavaScript has', { ...bundle, mediaType: 'constructor' }, 'unsupported'],
    ['a media type in capitals', { ...bundle, mediaType: bundle.mediaType.toUpperCase() }, 'unsupported'],
    ['message and envelope', { ...bundle, messageSignature: message.messageSignature }, 'malformed'],
    ['neither message nor envelope', { ...bundle, dsseEnvelope: undefined }, 'malformed'],
    ['certificate and key', withMaterial({ publicKey: { hint: 'x' } }), 'malformed'],
    ['neither certificate nor key', { ...bundle, verificationMaterial: bare }, 'malformed'],
    ['a chain in version 0.3', asChain([certificate], bundle.mediaType), 'malformed'],
    ['an empty chain', asChain([]), 'malformed'],
    ['a root certificate in a chain', asChain([certificate, root]), 'untrusted-certificate'],
    [
      'two signatures',
      {
        ...bundle,
        dsseEnvelope: {
          ...bundle.dsseEnvelope,
          signatures: [...bundle.dsseEnvelope.signatures, ...bundle.dsseEnvelope.signatures],
        },
      },
      'unsupported',
    ],
    ['no signature', { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, signatures: [] } }, 'no-signature'],
    [
      'an empty message signature',
      { ...message, messageSignature: { ...message.messageSignature, signature: '' } },
      'no-signature',
    ],
    [
      'a digest of another algorithm',
      {
        ...message,
        messageSignature: { ...message.messageSignature, messageDigest: { algorithm: 'SHA2_512', digest: '' } },
      },
      'unsupported',
    ],
    [
      'a payload in base64 for URLs',
      { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload: '-_-_' } },
      'malformed',
    ],
    ['nine log entries', withMaterial({ tlogEntries: Array(9).fill(entry) }), 'malformed'],
    [
      '65 hashes in a proof',
      withEntry({ inclusionProof: { ...entry?.inclusionProof, hashes: Array(65).fill('AAAA') } }),
      'malformed',
    ],
    ['a negative index', withEntry({ logIndex: '-1' }), 'malformed'],
    ['an index with a zero before', withEntry({ logIndex: '01' }), 'malformed'],
    ['a fraction for a time', withEntry({ integratedTime: 1.5 }), 'malformed'],
    ['an entry without its kind', withEntry({ kindVersion: undefined }), 'malformed'],
    [
      'version 0.1 without a promise',
      {
        ...asChain([certificate]),
        verificationMaterial: {
          ...asChain([certificate]).verificationMaterial,
          tlogEntries: [{ ...entry, inclusionPromise: undefined }],
        },
      },
      'malformed',
    ],
    [
      'nine time stamps',
      withMaterial({ timestampVerificationData: { rfc3161Timestamps: Array(9).fill({ signedTimestamp: 'AAAA' }) } }),
      'malformed',
    ],
    ['a certificate that is none', withMaterial({ certificate: { rawBytes: 'AAAA' } }), 'malformed'],
    [
      'a certificate with bytes behind it',
      withMaterial({
        certificate: {
          rawBytes: Buffer.concat([Buffer.from(certificate?.rawBytes ?? '', 'base64'), Buffer.alloc(1)]).toString(
            'base64',
          ),
        },
      }),
      'malformed',
    ],
  ])('refuses %s', (_, json, code) => {
    expect(codeOf(json)).toBe(code);
  });

  it('refuses what is too large before it reads it', () => {
    expect(codeOf(' '.repeat(33 * 1024 * 1024))).toBe('too-large');
  });
});
