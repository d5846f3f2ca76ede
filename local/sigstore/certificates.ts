import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import * as der from './der.ts';

/** A key pair, its public half also as SPKI DER. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly spki: Buffer;
}

export function generateEcKey(curve: 'P-256' | 'P-384' = 'P-256'): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve });
  return { privateKey, publicKey, spki: publicKey.export({ type: 'spki', format: 'der' }) };
}

export function generateEd25519Key(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey, spki: publicKey.export({ type: 'spki', format: 'der' }) };
}

/** Who signs certificates: a CA of ours with its key. */
export interface Authority {
  readonly name: Buffer;
  readonly keys: KeyPair;
  readonly certificate: Buffer;
}

/** What goes into a certificate besides its keys. Times in Unix milliseconds. */
export interface CertificateContents {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly Buffer[];
  readonly serial?: Buffer;
}

const ECDSA_WITH = { P256: '1.2.840.10045.4.3.2', P384: '1.2.840.10045.4.3.3' } as const;

/** A distinguished name with the organization and common name given; no argument gives the empty name of a Fulcio leaf. */
export function distinguishedName(organization?: string, commonName?: string): Buffer {
  const attribute = (oid: string, value: string) =>
    der.setOf(der.sequence(der.objectIdentifier(oid), der.utf8String(value)));
  return der.sequence(
    ...(organization === undefined ? [] : [attribute('2.5.4.10', organization)]),
    ...(commonName === undefined ? [] : [attribute('2.5.4.3', commonName)]),
  );
}

export function extension(oid: string, value: Uint8Array, critical = false): Buffer {
  return der.sequence(der.objectIdentifier(oid), ...(critical ? [der.boolean(true)] : []), der.octetString(value));
}

/** The extensions that every certificate here has, by role (RFC 5280 section 4.2.1). */
export const extensions = {
  digitalSignature: () => extension('2.5.29.15', der.bitString(Buffer.from([0x80]), 7), true),
  certificateSigning: () => extension('2.5.29.15', der.bitString(Buffer.from([0x06]), 1), true),
  basicConstraints: (pathLength?: number) =>
    extension(
      '2.5.29.19',
      der.sequence(der.boolean(true), ...(pathLength === undefined ? [] : [der.integer(pathLength)])),
      true,
    ),
  extendedKeyUsage: (oid: string, critical = false) =>
    extension('2.5.29.37', der.sequence(der.objectIdentifier(oid)), critical),
  subjectKeyId: (spki: Buffer) => extension('2.5.29.14', der.octetString(keyIdentifier(spki))),
  authorityKeyId: (spki: Buffer) => extension('2.5.29.35', der.sequence(der.taggedPrimitive(0, keyIdentifier(spki)))),
};

export const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

function keyIdentifier(spki: Buffer): Buffer {
  return createHash('sha1').update(spki).digest();
}

/** The part of a certificate that is signed. */
export function encodeTbsCertificate(contents: CertificateContents, subjectSpki: Buffer, issuerKeys: KeyPair): Buffer {
  return der.sequence(
    der.tagged(0, der.integer(2)),
    der.integer(contents.serial ?? newSerial()),
    signatureAlgorithm(issuerKeys),
    contents.issuer,
    der.sequence(der.time(contents.notBefore), der.time(contents.notAfter)),
    contents.subject,
    subjectSpki,
    der.tagged(3, der.sequence(...contents.extensions)),
  );
}

export function signCertificate(tbs: Buffer, issuerKeys: KeyPair): Buffer {
  const signature = sign(isP384(issuerKeys) ? 'sha384' : 'sha256', tbs, issuerKeys.privateKey);
  return der.sequence(tbs, signatureAlgorithm(issuerKeys), der.bitString(signature));
}

/** A positive serial of 159 bits. */
export function newSerial(): Buffer {
  const serial = randomBytes(20);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

function signatureAlgorithm(keys: KeyPair): Buffer {
  return der.sequence(der.objectIdentifier(isP384(keys) ? ECDSA_WITH.P384 : ECDSA_WITH.P256));
}

function isP384(keys: KeyPair): boolean {
  return keys.privateKey.asymmetricKeyDetails?.namedCurve === 'secp384r1';
}

/** A root and an intermediate under it, valid from one hour before `now` for ten years. */
export function createAuthorityChain(
  organization: string,
  now: number,
  purpose: typeof CODE_SIGNING | typeof TIME_STAMPING,
): { readonly root: Authority; readonly intermediate: Authority } {
  const validity = { notBefore: now - 3_600_000, notAfter: now + 10 * 365 * 86_400_000 };
  const rootKeys = generateEcKey('P-384');
  const rootName = distinguishedName(organization, `${organization} root`);
  const root = {
    name: rootName,
    keys: rootKeys,
    certificate: signCertificate(
      encodeTbsCertificate(
        {
          subject: rootName,
          issuer: rootName,
          ...validity,
          extensions: [
            extensions.certificateSigning(),
            extensions.basicConstraints(1),
            extensions.subjectKeyId(rootKeys.spki),
          ],
        },
        rootKeys.spki,
        rootKeys,
      ),
      rootKeys,
    ),
  };
  const keys = generateEcKey('P-384');
  const name = distinguishedName(organization, `${organization} intermediate`);
  const certificate = signCertificate(
    encodeTbsCertificate(
      {
        subject: name,
        issuer: rootName,
        ...validity,
        extensions: [
          extensions.certificateSigning(),
          extensions.extendedKeyUsage(purpose),
          extensions.basicConstraints(0),
          extensions.subjectKeyId(keys.spki),
          extensions.authorityKeyId(rootKeys.spki),
        ],
      },
      keys.spki,
      rootKeys,
    ),
    rootKeys,
  );
  return { root, intermediate: { name, keys, certificate } };
}

/** PEM as Fulcio and cosign write it: a line feed at the end. */
export function toPem(certificate: Buffer): string {
  return new X509Certificate(certificate).toString();
}
