import { createHash, sign } from 'node:crypto';
import { parseCertificate } from '../../lambdas/core/signature/certificate.ts';
import { extension, generateEcKey, newSerial, TIME_STAMPING } from '../../local/sigstore/certificates.ts';
import * as der from '../../local/sigstore/der.ts';
import { acmeName, DAY, type Issued, issue, issueRoot, keyUsage, NOW, rootExtensions } from './notation-kit.ts';

const SHA256 = der.sequence(der.objectIdentifier('2.16.840.1.101.3.4.2.1'));
const TST_INFO = der.objectIdentifier('1.2.840.113549.1.9.16.1.4');

/** A time stamping authority: a root, an authority below it and the leaf that stamps. */
export interface Stamper {
  readonly root: Issued;
  readonly middle: Issued;
  readonly leaf: Issued;
  /** Certificates that go into the tokens beside the leaf. */
  readonly offered: readonly Buffer[];
}

export function stampingExtensions(
  options: { critical?: boolean; purposes?: readonly string[] } = {},
): readonly Buffer[] {
  const { critical = true, purposes = [TIME_STAMPING] } = options;
  return [keyUsage([0]), extension('2.5.29.37', der.sequence(...purposes.map(der.objectIdentifier)), critical)];
}

export function createStamper(
  options: { leaf?: readonly Buffer[]; more?: readonly Buffer[]; notAfter?: number; notBefore?: number } = {},
): Stamper {
  const root = issueRoot({ name: acmeName('Stamp Root') });
  const middle = issue({
    name: acmeName('Stamp CA'),
    issuer: root,
    extensions: rootExtensions(0),
    notAfter: NOW + 900 * DAY,
  });
  const leaf = issue({
    name: acmeName('Stamp'),
    issuer: middle,
    keys: generateEcKey('P-384'),
    extensions: options.leaf ?? stampingExtensions(),
    more: options.more ?? [],
    notAfter: options.notAfter ?? NOW + 600 * DAY,
    notBefore: options.notBefore ?? NOW - 30 * DAY,
  });
  return { root, middle, leaf, offered: [middle.certificate, root.certificate] };
}

export interface StampOptions {
  readonly at?: number;
  /** Seconds. */
  readonly accuracy?: number;
  readonly policy?: string;
  readonly named?: Buffer | undefined;
  readonly over?: Buffer;
  readonly criticalExtension?: boolean;
  readonly keys?: Issued['keys'];
  readonly withoutCertificate?: boolean;
  readonly contentType?: string;
  readonly twoSigners?: boolean;
  readonly repeatedAttribute?: boolean;
  readonly twoValues?: boolean;
  readonly version?: number;
  readonly contentAttribute?: string;
  readonly rawAccuracy?: Buffer;
  /** Names the signer by this key identifier. */
  readonly keyId?: Buffer;
  /** Digest of the content in the signed attributes. */
  readonly digest?: Buffer;
}

/** An RFC 3161 TimeStampToken over a signature. */
export function stamp(stamper: Stamper, signature: Buffer, options: StampOptions = {}): Buffer {
  const { leaf, offered } = stamper;
  const info = der.sequence(
    der.integer(options.version ?? 1),
    der.objectIdentifier(options.policy ?? '1.3.6.1.4.1.57264.2'),
    der.sequence(SHA256, der.octetString(sha256(options.over ?? signature))),
    der.integer(newSerial()),
    der.generalizedTime(options.at ?? NOW - 30_000),
    ...(options.accuracy === undefined ? [] : [der.sequence(der.integer(options.accuracy))]),
    ...(options.rawAccuracy === undefined ? [] : [options.rawAccuracy]),
    ...(options.criticalExtension === true ? [der.tagged(1, extension('1.2.3.4', Buffer.from([5, 0]), true))] : []),
  );
  const named = 'named' in options ? options.named : leaf.certificate;
  const attributes = [
    attribute(
      '1.2.840.113549.1.9.3',
      options.contentAttribute === undefined ? TST_INFO : der.objectIdentifier(options.contentAttribute),
    ),
    ...(options.repeatedAttribute === true ? [attribute('1.2.840.113549.1.9.3', TST_INFO)] : []),
    ...(options.twoValues === true ? [attribute('1.2.3.4', der.integer(1), der.integer(2))] : []),
    attribute('1.2.840.113549.1.9.4', der.octetString(options.digest ?? sha256(info))),
    ...(named === undefined
      ? []
      : [
          attribute(
            '1.2.840.113549.1.9.16.2.47',
            der.sequence(der.sequence(der.sequence(der.octetString(sha256(named))))),
          ),
        ]),
  ];
  const issuerName = issuerOf(leaf.certificate);
  const signerInfo = der.sequence(
    der.integer(1),
    options.keyId === undefined
      ? der.sequence(issuerName, der.integer(leaf.serial))
      : der.taggedPrimitive(0, options.keyId),
    SHA256,
    retag(der.setOf(...attributes), 0xa0),
    der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2')),
    der.octetString(sign('sha256', der.setOf(...attributes), (options.keys ?? leaf.keys).privateKey)),
  );
  const certificates = options.withoutCertificate === true ? offered : [leaf.certificate, ...offered];
  const signedData = der.sequence(
    der.integer(3),
    der.setOf(SHA256),
    der.sequence(TST_INFO, der.tagged(0, der.octetString(info))),
    der.tagged(0, ...certificates),
    der.setOf(signerInfo, ...(options.twoSigners === true ? [signerInfo] : [])),
  );
  return der.sequence(der.objectIdentifier(options.contentType ?? '1.2.840.113549.1.7.2'), der.tagged(0, signedData));
}

function issuerOf(certificate: Buffer): Buffer {
  return Buffer.from(parseCertificate(certificate).issuer);
}

function attribute(oid: string, ...values: readonly Buffer[]): Buffer {
  return der.sequence(der.objectIdentifier(oid), der.setOf(...values));
}

function retag(encoded: Buffer, tag: number): Buffer {
  const copy = Buffer.from(encoded);
  copy[0] = tag;
  return copy;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
