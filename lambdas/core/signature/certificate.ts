import type { KeyObject } from 'node:crypto';
import { decodeBase64 } from './base64.ts';
import {
  type Der,
  expectTag,
  readBitString,
  readBoolean,
  readChildren,
  readDer,
  readOid,
  readTime,
  TAG,
} from './der.ts';
import { SignatureError } from './errors.ts';
import { parseSpki, verifyWithHash } from './keys.ts';

/** One extension (RFC 5280 section 4.2) of a certificate, a CRL or an OCSP response. */
export interface Extension {
  readonly critical: boolean;
  /** Content of the extension's OCTET STRING. */
  readonly value: Uint8Array;
  readonly whole: Uint8Array;
}

/** An X.509 v3 certificate (RFC 5280) as far as verification needs it. */
export interface Certificate {
  readonly der: Uint8Array;
  readonly serial: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Unix milliseconds, both inclusive. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly spki: Uint8Array;
  readonly key: KeyObject;
  readonly extensions: ReadonlyMap<string, Extension>;
  /** The fields of TBSCertificate, for the precertificate of RFC 6962. */
  readonly tbsFields: readonly Der[];
  readonly tbs: Uint8Array;
  readonly signatureHash: string | null;
  readonly signature: Uint8Array;
}

const LARGEST = 64 * 1024;

/** The signature algorithms of certificates that are accepted: ECDSA, RSA PKCS#1 v1.5 and Ed25519 with SHA-2. */
const SIGNATURE_HASHES: Readonly<Record<string, string | null>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.3.101.112': null,
};

/** Parses one certificate. Throws `malformed` or `unsupported`; nothing is verified. */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > LARGEST) throw new SignatureError('too-large', 'a certificate larger than 64 KiB');
  const [tbs, algorithm, signature, ...rest] = readChildren(readDer(der, TAG.sequence));
  if (tbs === undefined || rest.length > 0) throw new SignatureError('malformed', 'not a certificate');
  const fields = readChildren(expectTag(tbs, TAG.sequence));
  const [version, serial, inner, issuer, validity, subject, spki, ...optional] = fields;
  if (version?.tag !== 0xa0 || !isVersion3(readDer(version.body, TAG.integer).body))
    throw new SignatureError('unsupported', 'not an X.509 v3 certificate');
  const outer = expectTag(algorithm, TAG.sequence);
  if (!Buffer.from(outer.whole).equals(expectTag(inner, TAG.sequence).whole)) {
    throw new SignatureError('malformed', 'the certificate names two signature algorithms');
  }
  const [notBefore, notAfter] = readChildren(expectTag(validity, TAG.sequence));
  const spkiBytes = expectTag(spki, TAG.sequence).whole;
  return {
    der,
    serial: expectTag(serial, TAG.integer).body,
    issuer: expectTag(issuer, TAG.sequence).whole,
    subject: expectTag(subject, TAG.sequence).whole,
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    spki: spkiBytes,
    key: parseSpki(spkiBytes),
    extensions: readExtensions(optional.find(({ tag }) => tag === 0xa3)),
    tbsFields: fields,
    tbs: tbs.whole,
    signatureHash: readSignatureHash(outer),
    signature: readBitString(signature),
  };
}

function isVersion3(version: Uint8Array): boolean {
  return version.length === 1 && version[0] === 2;
}

/** Parses the first certificate of a PEM text. */
export function parseCertificatePem(pem: string): Certificate {
  return parseCertificate(decodeCertificatePem(pem));
}

/** The bytes of the first certificate of a PEM text (RFC 7468), not looked into. Throws `malformed`. */
export function decodeCertificatePem(pem: string): Buffer {
  const match = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem);
  if (match?.[1] === undefined) throw new SignatureError('malformed', 'not a certificate in PEM');
  return decodeBase64(match[1].replace(/\s/g, ''), 'a certificate in PEM');
}

/** The hash that a signature algorithm names (null for Ed25519, which hashes by itself). Throws `unsupported`. */
export function readSignatureHash(algorithm: Der): string | null {
  const oid = readOid(readChildren(algorithm)[0]);
  const hash = SIGNATURE_HASHES[oid];
  if (hash === undefined) throw new SignatureError('unsupported', `certificate signature algorithm ${oid}`);
  return hash;
}

/** The extensions inside an explicitly tagged field; none where there is no field. Throws `malformed` for one that stands twice. */
export function readExtensions(field: Der | undefined): ReadonlyMap<string, Extension> {
  return field === undefined ? new Map() : readExtensionList(expectTag(readChildren(field)[0], TAG.sequence));
}

/** The extensions of a SEQUENCE OF Extension. */
export function readExtensionList(list: Der): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  for (const element of readChildren(list)) {
    const parts = readChildren(expectTag(element, TAG.sequence));
    const oid = readOid(parts[0]);
    if (extensions.has(oid)) throw new SignatureError('malformed', `extension ${oid} stands twice`);
    if (parts.length < 2 || parts.length > 3) throw new SignatureError('malformed', `extension ${oid} has no value`);
    const critical = parts.length === 3 && readBoolean(parts[1]);
    extensions.set(oid, { critical, value: expectTag(parts.at(-1), TAG.octetString).body, whole: element.whole });
  }
  return extensions;
}

/** Whether `issuer` signed `certificate`: names chain and the signature verifies (RFC 5280 section 6.1.3 a). */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return (
    Buffer.from(certificate.issuer).equals(issuer.subject) &&
    verifyWithHash(issuer.key, certificate.signatureHash, certificate.tbs, certificate.signature)
  );
}

/** Whether issuer and subject of a certificate are one: roots are, and a root has no place in a bundle. */
export function isSelfIssued(certificate: Certificate): boolean {
  return Buffer.from(certificate.issuer).equals(certificate.subject);
}

/** Whether the certificate is a CA that may sign certificates, and says so critically (RFC 5280 sections 4.2.1.3 and 4.2.1.9). */
export function isAuthority(certificate: Certificate): boolean {
  const critical = certificate.extensions.get('2.5.29.19')?.critical === true;
  return critical && readAuthorityFlag(certificate) && hasKeyUsage(certificate, 5);
}

/** Whether the certificate claims anything of an authority, be it only half: the flag of a CA, or the right to sign certificates. */
export function claimsAuthority(certificate: Certificate): boolean {
  return readAuthorityFlag(certificate) || hasKeyUsage(certificate, 5);
}

function readAuthorityFlag(certificate: Certificate): boolean {
  const constraints = certificate.extensions.get('2.5.29.19');
  if (constraints === undefined) return false;
  const [flag] = readChildren(readDer(constraints.value, TAG.sequence));
  return flag?.tag === TAG.boolean && readBoolean(flag);
}

/** Whether bit `bit` of the key usage is set (0 digitalSignature, 5 keyCertSign). */
export function hasKeyUsage(certificate: Certificate, bit: number): boolean {
  const usage = certificate.extensions.get('2.5.29.15');
  if (usage === undefined) return false;
  const { body } = readDer(usage.value, TAG.bitString);
  return ((body[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0;
}

/** The extended key usages as object identifiers; empty where there are none. */
export function readExtendedKeyUsages(certificate: Certificate): readonly string[] {
  const extension = certificate.extensions.get('2.5.29.37');
  return extension === undefined
    ? []
    : readChildren(readDer(extension.value, TAG.sequence)).map((element) => readOid(element));
}
