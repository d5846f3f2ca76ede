import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyDigestWithKey } from '../../../lambdas/core/signature/digest-signature.ts';
import { parsePublicKeyPem, parseSpki, verifyWithKey } from '../../../lambdas/core/signature/keys.ts';

const DATA = Buffer.from('what is signed');
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const unsupported = expect.objectContaining({ code: 'unsupported' });
const malformed = expect.objectContaining({ code: 'malformed' });

describe('keys that are accepted', () => {
  it.each([
    ['P-256', () => ec('P-256'), 'sha256'],
    ['P-384', () => ec('P-384'), 'sha384'],
    ['P-384, as cosign signs with it', () => ec('P-384'), 'sha256'],
    ['P-521', () => ec('P-521'), 'sha512'],
    ['Ed25519', () => generateKeyPairSync('ed25519'), null],
    ['RSA 2048', () => rsa(2048), 'sha256'],
  ] as const)('%s, from DER and from PEM', (_, generate, hash) => {
    const { privateKey, publicKey } = generate();
    const signature = sign(hash, DATA, privateKey);

    for (const key of [parseSpki(spki(publicKey)), parsePublicKeyPem(pem(publicKey))]) {
      expect(verifyWithKey(key, DATA, signature)).toBe(true);
      expect(verifyWithKey(key, Buffer.from('something else'), signature)).toBe(false);
      expect(verifyWithKey(key, DATA, Buffer.alloc(0))).toBe(false);
    }
  });
});

describe('keys that are refused', () => {
  it.each([
    ['secp256k1', () => ec('secp256k1').publicKey],
    ['RSA 1024', () => rsa(1024).publicKey],
    ['RSA-PSS', () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey],
    ['X25519', () => generateKeyPairSync('x25519').publicKey],
    ['Ed448', () => generateKeyPairSync('ed448').publicKey],
    [
      'P-256 with its curve spelled out',
      () => generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey,
    ],
  ])('%s', (_, make) => {
    const key = make();

    expect(() => parseSpki(spki(key))).toThrow(unsupported);
    expect(() => parsePublicKeyPem(pem(key))).toThrow(unsupported);
  });

  it.each([
    [
      'a point off the curve',
      (der: Buffer) => Buffer.concat([der.subarray(0, -1), Buffer.from([(der.at(-1) ?? 0) ^ 1])]),
    ],
    ['bytes behind the key', (der: Buffer) => Buffer.concat([der, Buffer.alloc(1)])],
    ['a key cut short', (der: Buffer) => der.subarray(0, -1)],
    ['nothing', () => Buffer.alloc(0)],
  ])('%s', (_, change) => {
    const der = change(spki(ec('P-256').publicKey));
    const text = `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;

    expect(() => parseSpki(der)).toThrow(malformed);
    expect(() => parsePublicKeyPem(text)).toThrow(malformed);
  });

  it('a private key or a certificate in PEM', () => {
    const { privateKey } = ec('P-256');

    expect(() => parsePublicKeyPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toThrow(malformed);
    expect(() => parsePublicKeyPem('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toThrow(malformed);
  });
});

describe('verifyDigestWithKey', () => {
  const { privateKey, publicKey } = ec('P-256');
  const digest = createHash('sha256').update(DATA).digest();
  const signature = sign('sha256', DATA, privateKey);

  it('verifies a signature over bytes of which only the digest is known', () => {
    expect(verifyDigestWithKey(publicKey, digest, signature)).toBe(true);
    expect(verifyDigestWithKey(publicKey, Buffer.alloc(32), signature)).toBe(false);
    expect(verifyDigestWithKey(ec('P-256').publicKey, digest, signature)).toBe(false);
    expect(verifyDigestWithKey(publicKey, digest, Buffer.from('no signature'))).toBe(false);
  });

  it('refuses other keys rather than guess their hash', () => {
    expect(() => verifyDigestWithKey(ec('P-384').publicKey, digest, signature)).toThrow(unsupported);
  });
});
