import { createHash, sign } from 'node:crypto';
import {
  createAuthorityChain,
  distinguishedName,
  encodeTbsCertificate,
  extensions,
  generateEcKey,
  newSerial,
  signCertificate,
  TIME_STAMPING,
} from './certificates.ts';
import * as der from './der.ts';

/** An RFC 3161 timestamp authority. */
export interface TimestampAuthority {
  /** Leaf, intermediate, root. */
  readonly chain: readonly Buffer[];
  /** A TimeStampResp over the SHA-256 of `bytes`; Unix milliseconds, cut to whole seconds. */
  timestamp(bytes: Uint8Array, now: number): Buffer;
}

const SHA256 = der.sequence(der.objectIdentifier('2.16.840.1.101.3.4.2.1'));
const TST_INFO = der.objectIdentifier('1.2.840.113549.1.9.16.1.4');
const POLICY = der.objectIdentifier('1.3.6.1.4.1.57264.2');

export function createTimestampAuthority(organization: string, now: number): TimestampAuthority {
  const { root, intermediate } = createAuthorityChain(organization, now, TIME_STAMPING);
  const keys = generateEcKey();
  const serial = newSerial();
  const name = distinguishedName(organization, `${organization} timestamping`);
  const certificate = signCertificate(
    encodeTbsCertificate(
      {
        serial,
        subject: name,
        issuer: intermediate.name,
        notBefore: now - 3_600_000,
        notAfter: now + 9 * 365 * 86_400_000,
        extensions: [
          extensions.digitalSignature(),
          extensions.subjectKeyId(keys.spki),
          extensions.authorityKeyId(intermediate.keys.spki),
          extensions.extendedKeyUsage(TIME_STAMPING, true),
        ],
      },
      keys.spki,
      intermediate.keys,
    ),
    intermediate.keys,
  );

  return {
    chain: [certificate, intermediate.certificate, root.certificate],
    timestamp: (bytes, at) => {
      const info = der.sequence(
        der.integer(1),
        POLICY,
        der.sequence(SHA256, der.octetString(sha256(bytes))),
        der.integer(newSerial()),
        der.generalizedTime(at),
        der.sequence(der.integer(1)),
        der.tagged(0, der.tagged(4, name)),
      );
      const attributes = signedAttributes(info, at, sha256(certificate), intermediate.name, serial);
      const signature = sign('sha256', der.setOf(...attributes), keys.privateKey);
      const signerInfo = der.sequence(
        der.integer(1),
        der.sequence(intermediate.name, der.integer(serial)),
        SHA256,
        retag(der.setOf(...attributes), 0xa0),
        der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2')),
        der.octetString(signature),
      );
      const signedData = der.sequence(
        der.integer(3),
        der.setOf(SHA256),
        der.sequence(TST_INFO, der.tagged(0, der.octetString(info))),
        der.tagged(0, certificate),
        der.setOf(signerInfo),
      );
      return der.sequence(
        der.sequence(der.integer(0)),
        der.sequence(der.objectIdentifier('1.2.840.113549.1.7.2'), der.tagged(0, signedData)),
      );
    },
  };
}

/** contentType, signingTime, messageDigest and signingCertificateV2 (RFC 5652 section 11, RFC 5816). */
function signedAttributes(info: Buffer, at: number, certificateHash: Buffer, issuer: Buffer, serial: Buffer): Buffer[] {
  const attribute = (oid: string, value: Buffer) => der.sequence(der.objectIdentifier(oid), der.setOf(value));
  const certificateId = der.sequence(
    der.octetString(certificateHash),
    der.sequence(der.sequence(der.tagged(4, issuer)), der.integer(serial)),
  );
  return [
    attribute('1.2.840.113549.1.9.3', TST_INFO),
    attribute('1.2.840.113549.1.9.5', der.time(at)),
    attribute('1.2.840.113549.1.9.4', der.octetString(sha256(info))),
    attribute('1.2.840.113549.1.9.16.2.47', der.sequence(der.sequence(certificateId))),
  ];
}

/** The same element under another tag: the implicit tagging of signed attributes. */
function retag(encoded: Buffer, tag: number): Buffer {
  const copy = Buffer.from(encoded);
  copy[0] = tag;
  return copy;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
