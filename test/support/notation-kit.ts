import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  CODE_SIGNING,
  encodeTbsCertificate,
  extension,
  extensions,
  generateEcKey,
  type KeyPair,
  signCertificate,
} from '../../local/sigstore/certificates.ts';
import * as der from '../../local/sigstore/der.ts';

/** A moment that all generated material lies around: 2026-06-01T12:00:00Z. */
export const NOW = Date.UTC(2026, 5, 1, 12);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** One certificate with its key, as made here. */
export interface Issued {
  readonly name: Buffer;
  readonly keys: KeyPair;
  readonly certificate: Buffer;
  readonly serial: Buffer;
}

/** What a certificate is made of; everything has a good default for its role. */
export interface CertificateOptions {
  readonly name?: Buffer;
  readonly keys?: KeyPair;
  readonly issuer?: Issued;
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly extensions?: readonly Buffer[];
  /** Extensions beside the others. */
  readonly more?: readonly Buffer[];
}

const TYPES: Readonly<Record<string, string>> = {
  C: '2.5.4.6',
  ST: '2.5.4.8',
  L: '2.5.4.7',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  CN: '2.5.4.3',
};

/** A distinguished name of attributes in order; an inner list makes one relative name of several attributes. */
export function makeName(
  ...parts: readonly (readonly [string, string] | readonly (readonly [string, string])[])[]
): Buffer {
  const attribute = ([type, value]: readonly [string, string]) =>
    der.sequence(der.objectIdentifier(TYPES[type] ?? type), der.utf8String(value));
  return der.sequence(
    ...parts.map((part) => {
      const pairs = isPair(part) ? [part] : part;
      return der.setOf(...pairs.map(attribute));
    }),
  );
}

function isPair(
  part: readonly [string, string] | readonly (readonly [string, string])[],
): part is readonly [string, string] {
  return typeof part[0] === 'string';
}

export function acmeName(commonName: string): Buffer {
  return makeName(['C', 'US'], ['ST', 'WA'], ['O', 'Acme'], ['CN', commonName]);
}

export function generateRsaKey(bits: number): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return { privateKey, publicKey, spki: publicKey.export({ type: 'spki', format: 'der' }) };
}

export function generateP521Key(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-521' });
  return { privateKey, publicKey, spki: publicKey.export({ type: 'spki', format: 'der' }) };
}

/** Key usage bits by their numbers (0 digitalSignature, 2 keyEncipherment, 5 keyCertSign, 6 cRLSign). */
export function keyUsage(bits: readonly number[], critical = true): Buffer {
  const octet = bits.reduce((sum, bit) => sum | (0x80 >> bit), 0);
  return extension('2.5.29.15', der.bitString(Buffer.from([octet]), 0), critical);
}

export const authorityUsage = () => keyUsage([5, 6]);

export function rootExtensions(pathLength?: number): readonly Buffer[] {
  return [authorityUsage(), extensions.basicConstraints(pathLength)];
}

export function leafExtensions(): readonly Buffer[] {
  return [keyUsage([0]), extensions.extendedKeyUsage(CODE_SIGNING)];
}

/** Issues one certificate; without an issuer it signs itself. */
export function issue(options: CertificateOptions): Issued {
  const keys = options.keys ?? generateEcKey();
  const name = options.name ?? acmeName('Acme Release');
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const issuerKeys = options.issuer?.keys ?? keys;
  const tbs = encodeTbsCertificate(
    {
      subject: name,
      issuer: options.issuer?.name ?? name,
      notBefore: options.notBefore ?? NOW - 30 * DAY,
      notAfter: options.notAfter ?? NOW + 300 * DAY,
      extensions: [...(options.extensions ?? leafExtensions()), ...(options.more ?? [])],
      serial,
    },
    keys.spki,
    issuerKeys,
  );
  return { name, keys, certificate: signCertificate(tbs, issuerKeys), serial };
}

export function issueRoot(options: CertificateOptions = {}): Issued {
  return issue({ name: acmeName('Acme Root'), extensions: rootExtensions(), notAfter: NOW + 3000 * DAY, ...options });
}

/** A root, an intermediate and a leaf; `chain` is leaf first. */
export interface Chain {
  readonly root: Issued;
  readonly intermediate: Issued;
  readonly leaf: Issued;
  readonly chain: readonly Buffer[];
}

export function issueChain(
  options: { root?: CertificateOptions; intermediate?: CertificateOptions; leaf?: CertificateOptions } = {},
): Chain {
  const root = issueRoot(options.root);
  const intermediate = issue({
    name: acmeName('Acme Issuing'),
    extensions: rootExtensions(0),
    issuer: root,
    notAfter: NOW + 1000 * DAY,
    ...options.intermediate,
  });
  const leaf = issue({ issuer: intermediate, ...options.leaf });
  return { root, intermediate, leaf, chain: [leaf.certificate, intermediate.certificate, root.certificate] };
}

/** AuthorityInfoAccess with OCSP responders. */
export function ocspAt(...urls: readonly string[]): Buffer {
  const descriptions = urls.map((url) =>
    der.sequence(der.objectIdentifier('1.3.6.1.5.5.7.48.1'), der.taggedPrimitive(6, Buffer.from(url))),
  );
  return extension('1.3.6.1.5.5.7.1.1', der.sequence(...descriptions));
}

/** CRLDistributionPoints, one point for each URL. */
export function crlAt(...urls: readonly string[]): Buffer {
  const points = urls.map((url) =>
    der.sequence(der.tagged(0, der.tagged(0, der.taggedPrimitive(6, Buffer.from(url))))),
  );
  return extension('2.5.29.31', der.sequence(...points));
}
