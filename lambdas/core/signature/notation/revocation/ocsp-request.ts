import { createHash } from 'node:crypto';
import type { Certificate } from '../../certificate.ts';
import { encodeDer, readBitString, readChildren, readDer, TAG } from '../../der.ts';

/** AlgorithmIdentifier of SHA-1: what all responders understand (RFC 6960 section 4.3); it names a certificate here and protects nothing. */
const SHA1 = Buffer.from('300906052b0e03021a0500', 'hex');
const NONCE = Buffer.from('06092b0601050507300102', 'hex');

/** The CertID (RFC 6960 section 4.1.1) of a certificate, DER. */
export function encodeCertificateId(certificate: Certificate, issuer: Certificate): Uint8Array {
  return encodeDer(
    TAG.sequence,
    Buffer.concat([
      SHA1,
      encodeDer(TAG.octetString, sha1(issuer.subject)),
      encodeDer(TAG.octetString, hashKey(issuer)),
      encodeDer(TAG.integer, certificate.serial),
    ]),
  );
}

/** SHA-1 of a certificate's public key without tag, length and unused bits (RFC 6960 section 4.2.1). */
export function hashKey(certificate: Certificate): Buffer {
  return sha1(readBitString(readChildren(readDer(certificate.spki, TAG.sequence))[1]));
}

/** An unsigned OCSP request about one certificate (RFC 6960 section 4.1), with a nonce of 1 to 32 octets where one is given (RFC 8954). */
export function buildOcspRequest(
  certificate: Certificate,
  issuer: Certificate,
  nonce: Uint8Array | undefined,
): Uint8Array {
  const request = encodeDer(TAG.sequence, encodeCertificateId(certificate, issuer));
  const parts = [encodeDer(TAG.sequence, request)];
  if (nonce !== undefined) {
    const value = encodeDer(TAG.octetString, encodeDer(TAG.octetString, nonce));
    const extension = encodeDer(TAG.sequence, Buffer.concat([NONCE, value]));
    parts.push(encodeDer(0xa2, encodeDer(TAG.sequence, extension)));
  }
  return encodeDer(TAG.sequence, encodeDer(TAG.sequence, Buffer.concat(parts)));
}

function sha1(bytes: Uint8Array): Buffer {
  return createHash('sha1').update(bytes).digest();
}
