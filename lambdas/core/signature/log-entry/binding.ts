import { createHash, type KeyObject } from 'node:crypto';
import { type Certificate, decodeCertificatePem } from '../certificate.ts';
import { SignatureError } from '../errors.ts';
import { readFields, readOptional, readText } from '../fields.ts';
import { isSameKey, parsePublicKeyPem, parseSpki } from '../keys.ts';
import type { Signed } from '../material.ts';

/** Largest body of a log entry, and so the longest text in one. */
export const LARGEST_BODY = 16 * 1024 * 1024;

/** Most signatures in an entry that are looked at; a second one is one too many already. */
export const MOST_SIGNATURES = 64;

/** The signer as Rekor v2 writes it. */
export interface EntryVerifier {
  readonly x509Certificate: string | undefined;
  readonly publicKey: string | undefined;
}

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
export function expectSameVerifier({ publicKey, x509Certificate }: EntryVerifier, expected: Expected): void {
  if (expected.certificate === undefined) {
    if (publicKey === undefined || !isSameKey(parseSpki(Buffer.from(publicKey, 'base64')), expected.key))
      throw mismatch('public key');
    return;
  }
  if (x509Certificate === undefined || !Buffer.from(x509Certificate, 'base64').equals(expected.certificate.der))
    throw mismatch('certificate');
}

/** Reads the `verifier` of a Rekor v2 entry (rekor-tiles, verifier.proto). */
export function readVerifier(value: unknown, at: string): EntryVerifier {
  const verifier = readFields(value, at);
  return {
    x509Certificate: readOptional(verifier.x509Certificate, `${at}.x509Certificate`, readRawBytes),
    publicKey: readOptional(verifier.publicKey, `${at}.publicKey`, readRawBytes),
  };
}

function readRawBytes(value: unknown, at: string): string {
  return readText(readFields(value, at).rawBytes, `${at}.rawBytes`, LARGEST_BODY);
}

/** A hash as Rekor v1 writes it: `{algorithm, value}`, value in hex. */
export interface EntryHash {
  readonly algorithm: string;
  readonly value: string;
}

export function readHash(value: unknown, at: string): EntryHash {
  const hash = readFields(value, at);
  return {
    algorithm: readText(hash.algorithm, `${at}.algorithm`, LARGEST_BODY),
    value: readText(hash.value, `${at}.value`, LARGEST_BODY),
  };
}

/** The signature in the entry must be that of the candidate. */
export function expectSameSignature(base64: string, expected: Expected): void {
  if (!Buffer.from(base64, 'base64').equals(expected.signature)) throw mismatch('signature');
}

/** A hash in the entry must be that of `bytes`. */
export function expectHash({ algorithm, value }: EntryHash, bytes: Uint8Array, what: string): void {
  if (algorithm !== 'sha256' || createHash('sha256').update(bytes).digest('hex') !== value) throw mismatch(what);
}

/** The payload of the envelope; an entry for envelopes over anything else is about something else. */
export function expectEnvelope(expected: Expected): Extract<Signed, { kind: 'envelope' }>['envelope'] {
  if (expected.signed.kind !== 'envelope') throw mismatch('kind of content');
  return expected.signed.envelope;
}
