import {
  type Certificate,
  type Extension,
  isIssuedBy,
  parseCertificate,
  readExtendedKeyUsages,
  readExtensions,
  readSignatureHash,
} from '../../certificate.ts';
import { type Der, expectTag, readBitString, readChildren, readDer, readOid, readTime, TAG } from '../../der.ts';
import { verifyWithHash } from '../../keys.ts';
import { NotationError } from '../errors.ts';
import { encodeCertificateId, hashKey } from './ocsp-request.ts';
import { acceptAnswer, CLOCK_TOLERANCE, type RevocationStatus } from './status.ts';

const BASIC = '1.3.6.1.5.5.7.48.1.1';
const NONCE = '1.3.6.1.5.5.7.48.1.2';
const NO_CHECK = '1.3.6.1.5.5.7.48.1.5';
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const INVALIDITY_DATE = '2.5.29.24';
/** Critical extensions of a responder's certificate that are understood: key usage, basic constraints, extended key usage. */
const UNDERSTOOD: ReadonlySet<string> = new Set(['2.5.29.15', '2.5.29.19', '2.5.29.37', NO_CHECK]);

export const LARGEST_OCSP_RESPONSE = 64 * 1024;

/** What an OCSP response is checked against. Times in Unix milliseconds. */
export interface OcspQuestion {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly nonce: Uint8Array | undefined;
  readonly now: number;
  /** When the signature was made, where that is proven: a key that became invalid later did not make it. */
  readonly signedAt: number | undefined;
}

/**
 * Verifies an OCSP response and reads the status of the certificate in question (RFC 6960 section 3.2). It must be signed by the issuer itself or by a responder whose
 * certificate the issuer itself issued for OCSP signing with `ocsp-nocheck`, be of now, and hold one answer about this certificate. Throws for one that cannot be relied on.
 */
export function readOcspResponse(bytes: Uint8Array, question: OcspQuestion): RevocationStatus {
  if (bytes.length > LARGEST_OCSP_RESPONSE) throw new NotationError('too-large', 'an OCSP response larger than 64 KiB');
  const { data, algorithm, signature, certificates } = readBasicResponse(bytes);
  const fields = [...readChildren(data)];
  if (fields[0]?.tag === 0xa0) fields.shift();
  const [responder, producedAt, responses, extensions] = fields;
  const signer = findSigner(responder, certificates, question);
  if (!verifyWithHash(signer.key, readSignatureHash(algorithm), data.whole, signature)) {
    throw bad('its signature does not verify');
  }
  if (readTime(expectTag(producedAt, TAG.generalizedTime)) > question.now + CLOCK_TOLERANCE)
    throw bad('it is of the future');
  checkNonce(readExtensions(extensions), question.nonce);
  return readAnswer(expectTag(responses, TAG.sequence), question);
}

function readBasicResponse(bytes: Uint8Array) {
  const [status, payload] = readChildren(readDer(bytes, TAG.sequence));
  if (expectTag(status, 0x0a).body[0] !== 0) throw bad(`the responder refused with status ${status?.body[0]}`);
  const [type, content] = readChildren(expectTag(readChildren(expectTag(payload, 0xa0))[0], TAG.sequence));
  if (readOid(type) !== BASIC) throw bad('it is not a basic response');
  const [data, algorithm, signature, certificates] = readChildren(
    readDer(expectTag(content, TAG.octetString).body, TAG.sequence),
  );
  return {
    data: expectTag(data, TAG.sequence),
    algorithm: expectTag(algorithm, TAG.sequence),
    signature: readBitString(signature),
    certificates: certificates === undefined ? [] : readCertificates(expectTag(certificates, 0xa0)),
  };
}

function readCertificates(field: Der): readonly Certificate[] {
  const list = readChildren(expectTag(readChildren(field)[0], TAG.sequence));
  if (list.length > 5) throw new NotationError('too-large', 'an OCSP response with too many certificates');
  return list.map(({ whole }) => parseCertificate(whole));
}

/** The certificate that the ResponderID names: the issuer, or a responder that the issuer delegated to (RFC 6960 section 4.2.2.2). */
function findSigner(id: Der | undefined, certificates: readonly Certificate[], question: OcspQuestion): Certificate {
  const { issuer, now } = question;
  const named = (candidate: Certificate) => isNamed(candidate, id);
  if (named(issuer)) return issuer;
  const delegate = certificates.find((candidate) => named(candidate) && isIssuedBy(candidate, issuer));
  if (delegate === undefined) throw bad('it is neither of the issuer nor of a responder the issuer appointed');
  if (!readExtendedKeyUsages(delegate).includes(OCSP_SIGNING)) throw bad('the responder may not sign OCSP responses');
  if (!delegate.extensions.has(NO_CHECK)) throw bad('whether the responder itself is revoked cannot be known');
  if (now < delegate.notBefore || now > delegate.notAfter)
    throw bad('the certificate of the responder is not valid now');
  for (const [oid, { critical }] of delegate.extensions) {
    if (critical && !UNDERSTOOD.has(oid)) throw bad(`the responder has the unknown critical extension ${oid}`);
  }
  return delegate;
}

function isNamed(candidate: Certificate, id: Der | undefined): boolean {
  const [name] = id === undefined ? [] : readChildren(id);
  if (id?.tag === 0xa1) return name !== undefined && Buffer.from(name.whole).equals(candidate.subject);
  if (id?.tag === 0xa2) return hashKey(candidate).equals(expectTag(name, TAG.octetString).body);
  return false;
}

/** A responder need not echo a nonce; one that it does give must be ours. */
function checkNonce(extensions: ReadonlyMap<string, Extension>, nonce: Uint8Array | undefined): void {
  for (const [oid, { critical, value }] of extensions) {
    if (oid === NONCE) {
      if (nonce !== undefined && !Buffer.from(readDer(value, TAG.octetString).body).equals(nonce)) {
        throw bad('it answers another request');
      }
    } else if (critical) throw bad(`the unknown critical extension ${oid}`);
  }
}

function readAnswer(responses: Der, question: OcspQuestion): RevocationStatus {
  const { certificate, issuer, now, signedAt } = question;
  const id = encodeCertificateId(certificate, issuer);
  const answers = readChildren(responses).filter((single) => isSameId(readChildren(single)[0], id));
  const [answer, ...others] = answers;
  if (answer === undefined || others.length > 0) throw bad('it has not exactly one answer about this certificate');
  const [, status, thisUpdate, ...optional] = readChildren(answer);
  const next = optional.find(({ tag }) => tag === 0xa0);
  if (next === undefined) throw bad('it does not say until when it holds');
  const [from, until] = [readTime(expectTag(thisUpdate, TAG.generalizedTime)), readTime(readChildren(next)[0])];
  if (from > now + CLOCK_TOLERANCE || until < now) throw bad('it does not hold now');
  const extensions = readExtensions(optional.find(({ tag }) => tag === 0xa1));
  for (const [oid, { critical }] of extensions) {
    if (critical && oid !== INVALIDITY_DATE) throw bad(`the unknown critical extension ${oid}`);
  }
  if (status?.tag === 0x80) return acceptAnswer('good by OCSP', until, now);
  if (status?.tag !== 0xa1) return { kind: 'unknown', reason: 'the OCSP responder does not know the certificate' };
  if (wasMadeBefore(extensions.get(INVALIDITY_DATE), signedAt)) {
    return acceptAnswer('revoked by OCSP, after it signed', until, now);
  }
  return { kind: 'revoked', reason: 'revoked by OCSP' };
}

/** The encodings of an absent and a NULL hash parameter mean the same: the id is compared by its parts. */
function isSameId(found: Der | undefined, id: Uint8Array): boolean {
  const [ours, theirs] = [readChildren(readDer(id)), found === undefined ? [] : readChildren(found)];
  const sameHash = readOid(readChildren(expectTag(theirs[0], TAG.sequence))[0]) === '1.3.14.3.2.26';
  return (
    sameHash &&
    [1, 2, 3].every((part) => Buffer.from(ours[part]?.whole ?? []).equals(theirs[part]?.whole ?? Buffer.of(0)))
  );
}

/** Whether a proven time of signing lies before the time from which the key is known or suspected to be invalid (RFC 5280 section 5.3.2). */
export function wasMadeBefore(invalidity: Extension | undefined, signedAt: number | undefined): boolean {
  return (
    invalidity !== undefined &&
    signedAt !== undefined &&
    signedAt < readTime(readDer(invalidity.value, TAG.generalizedTime))
  );
}

function bad(message: string): NotationError {
  return new NotationError('revocation-unknown', `the OCSP response does not count: ${message}`);
}
