import { createHash, type KeyObject } from 'node:crypto';
import { type Certificate, decodeCertificatePem } from '../certificate.ts';
import { SignatureError } from '../errors.ts';
import { isSameKey, parsePublicKeyPem, parseSpki } from '../keys.ts';
import type { Signed } from '../material.ts';

/** What a log entry must be about: this signature, by this key or certificate, over this content. */
export interface Expected {
  readonly signature: Buffer;
  readonly signed: Signed;
  /** The bytes that were signed; for an artifact known by its digest alone, undefined. */
  readonly signedBytes: Uint8Array | undefined;
  /** sha256 of the bytes that were signed. */
  readonly sha256: Buffer;
  readonly certificate: Certificate | undefined;
  readonly key: KeyObject;
}

/** Refuses an entry that is about something else. */
export function mismatch(what: string): SignatureError {
  return new SignatureError('log-entry-mismatch', `the log entry has another ${what}`);
}

/** The signer in the entry must be the signer of the candidate: the same certificate to the byte, or the same key. */
export function expectSameSigner(pem: string, expected: Expected): void {
  if (expected.certificate === undefined) {
    if (!isSameKey(parsePublicKeyPem(pem), expected.key)) throw mismatch('public key');
  } else if (!decodeCertificatePem(pem).equals(expected.certificate.der)) {
    throw mismatch('certificate');
  }
}

/** As `expectSameSigner`, for the binary forms of Rekor v2. */
export function expectSameVerifier(
  verifier: { x509Certificate?: { rawBytes: string } | undefined; publicKey?: { rawBytes: string } | undefined },
  expected: Expected,
): void {
  if (expected.certificate === undefined) {
    const raw = verifier.publicKey?.rawBytes;
    if (raw === undefined || !isSameKey(parseSpki(Buffer.from(raw, 'base64')), expected.key))
      throw mismatch('public key');
    return;
  }
  const raw = verifier.x509Certificate?.rawBytes;
  if (raw === undefined || !Buffer.from(raw, 'base64').equals(expected.certificate.der)) throw mismatch('certificate');
}

/** The signature in the entry must be that of the candidate. */
export function expectSameSignature(base64: string, expected: Expected): void {
  if (!Buffer.from(base64, 'base64').equals(expected.signature)) throw mismatch('signature');
}

/** A hash in the entry must be that of `bytes`. */
export function expectHash(algorithm: string, hex: string, bytes: Uint8Array, what: string): void {
  if (algorithm !== 'sha256' || createHash('sha256').update(bytes).digest('hex') !== hex) throw mismatch(what);
}

/** The payload of the envelope; an entry for envelopes over anything else is about something else. */
export function expectEnvelope(expected: Expected): Extract<Signed, { kind: 'envelope' }>['envelope'] {
  if (expected.signed.kind !== 'envelope') throw mismatch('kind of content');
  return expected.signed.envelope;
}
