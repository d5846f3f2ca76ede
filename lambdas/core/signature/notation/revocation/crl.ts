import {
  type Certificate,
  type Extension,
  hasKeyUsage,
  readExtensionList,
  readExtensions,
  readSignatureHash,
} from '../../certificate.ts';
import { type Der, expectTag, readBitString, readChildren, readDer, readTime, TAG, walkSequence } from '../../der.ts';
import { verifyWithHash } from '../../keys.ts';
import { readBasicConstraints } from '../certificate-rules.ts';
import { NotationError } from '../errors.ts';
import { wasMadeBefore } from './ocsp-response.ts';
import { acceptAnswer, CLOCK_TOLERANCE, type RevocationStatus } from './status.ts';

/** Largest CRL that is read: some 250,000 entries. */
export const LARGEST_CRL = 10 * 1024 * 1024;

const OID = {
  keyUsage: '2.5.29.15',
  invalidityDate: '2.5.29.24',
  reasonCode: '2.5.29.21',
  deltaIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  freshest: '2.5.29.46',
} as const;
const CRL_SIGNING = 6;
const REMOVE_FROM_CRL = 8;

/** What a CRL is checked against. Times in Unix milliseconds. */
export interface CrlQuestion {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  /** Where the CRL was fetched, as the certificate wrote it. */
  readonly url: string;
  readonly now: number;
  readonly signedAt: number | undefined;
}

/**
 * Verifies a complete CRL of the certificate's own issuer and looks the certificate up in it (RFC 5280 sections 5 and 6.3). Delta CRLs, CRLs that have one, indirect
 * CRLs and those of a part of the reasons are refused. Throws for one that cannot be relied on.
 */
export function readCrl(bytes: Uint8Array, question: CrlQuestion): RevocationStatus {
  const { certificate, issuer, now, signedAt } = question;
  if (bytes.length > LARGEST_CRL) throw new NotationError('too-large', 'a CRL larger than 10 MiB');
  const [list, algorithm, signature, ...rest] = readChildren(readDer(bytes, TAG.sequence));
  const signed = expectTag(list, TAG.sequence);
  const named = expectTag(algorithm, TAG.sequence);
  if (rest.length > 0) throw bad('it is not a certificate list');
  const fields = [...readChildren(signed)];
  const version = fields.shift();
  if (version?.tag !== TAG.integer || version.body[0] !== 1) throw bad('it is not of version 2');
  const [inner, name, thisUpdate, nextUpdate] = fields;
  if (!isSame(inner, named.whole)) throw bad('it names two signature algorithms');
  if (!isSame(name, certificate.issuer) || !isSame(name, issuer.subject)) throw bad('it is of another issuer');
  if (issuer.extensions.has(OID.keyUsage) && !hasKeyUsage(issuer, CRL_SIGNING))
    throw bad('its issuer may not sign CRLs');
  if (!verifyWithHash(issuer.key, readSignatureHash(named), signed.whole, readBitString(signature))) {
    throw bad('its signature does not verify');
  }
  if (nextUpdate?.tag !== TAG.utcTime && nextUpdate?.tag !== TAG.generalizedTime)
    throw bad('it does not say until when it holds');
  const until = readTime(nextUpdate);
  if (readTime(thisUpdate) > now + CLOCK_TOLERANCE || until < now) throw bad('it does not hold now');
  checkScope(readExtensions(fields.slice(4).find(({ tag }) => tag === 0xa0)), question);
  const entry = findEntry(
    fields.slice(4).find(({ tag }) => tag === TAG.sequence),
    certificate.serial,
  );
  if (entry === undefined) return acceptAnswer('not on the CRL', until, now);
  if (wasMadeBefore(entry.get(OID.invalidityDate), signedAt)) {
    return acceptAnswer('on the CRL, invalid only after it signed', until, now);
  }
  return { kind: 'revoked', reason: 'on the CRL of its issuer' };
}

/** The CRL must be complete and meant for this certificate (RFC 5280 sections 5.2.4 to 5.2.6, 6.3.3 b). */
function checkScope(extensions: ReadonlyMap<string, Extension>, { certificate, url }: CrlQuestion): void {
  if (extensions.has(OID.deltaIndicator) || extensions.has(OID.freshest)) throw bad('delta CRLs are not supported');
  for (const [oid, { critical }] of extensions) {
    if (critical && oid !== OID.issuingDistributionPoint) throw bad(`the unknown critical extension ${oid}`);
  }
  const point = extensions.get(OID.issuingDistributionPoint);
  if (point === undefined) return;
  const { authority } = readBasicConstraints(certificate);
  for (const field of readChildren(readDer(point.value, TAG.sequence))) {
    if (field.tag === 0xa0) expectPlace(field, url);
    else if (field.tag !== 0x81 && field.tag !== 0x82)
      throw bad('it is indirect, of some reasons or of attribute certificates');
    else if ((field.tag === 0x82) !== authority) throw bad('it is of another kind of certificates');
  }
}

function expectPlace(field: Der, url: string): void {
  const fullName = readChildren(field).find(({ tag }) => tag === 0xa0);
  const places = fullName === undefined ? [] : readChildren(fullName).filter(({ tag }) => tag === 0x86);
  if (!places.some(({ body }) => Buffer.from(body).toString('latin1') === url))
    throw bad('it was issued for another place');
}

/** The extensions of the entry of a serial number; undefined where it is not listed. Entries that say they concern others make the CRL unreadable. */
function findEntry(entries: Der | undefined, serial: Uint8Array): ReadonlyMap<string, Extension> | undefined {
  if (entries === undefined) return undefined;
  let found: ReadonlyMap<string, Extension> | undefined;
  for (const entry of walkSequence(entries.body)) {
    const [listed, , list] = readChildren(expectTag(entry, TAG.sequence));
    const extensions =
      list === undefined ? new Map<string, Extension>() : readExtensionList(expectTag(list, TAG.sequence));
    for (const [oid, { critical }] of extensions) {
      if (oid === OID.certificateIssuer || (critical && oid !== OID.reasonCode && oid !== OID.invalidityDate)) {
        throw bad(`an entry has the extension ${oid}`);
      }
    }
    if (!isSame(listed, serial, 'body')) continue;
    const reason = extensions.get(OID.reasonCode);
    if (reason !== undefined && readDer(reason.value, 0x0a).body[0] === REMOVE_FROM_CRL)
      throw bad('an entry of a delta CRL');
    found ??= extensions;
  }
  return found;
}

function isSame(element: Der | undefined, bytes: Uint8Array, part: 'whole' | 'body' = 'whole'): boolean {
  return element !== undefined && Buffer.from(element[part]).equals(bytes);
}

function bad(message: string): NotationError {
  return new NotationError('revocation-unknown', `the CRL does not count: ${message}`);
}
