import { createHash, timingSafeEqual } from 'node:crypto';
import { type Certificate, readExtendedKeyUsages } from './certificate.ts';
import { isTrustedAt } from './certificate-chain.ts';
import { type Der, encodeDer, expectTag, readChildren, readDer, readOid, readTime, TAG } from './der.ts';
import { SignatureError } from './errors.ts';
import { verifyWithHash } from './keys.ts';
import type { TrustRoot } from './trust-root.ts';

const OID = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const;

const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

const LARGEST = 64 * 1024;

interface Token {
  readonly info: Uint8Array;
  readonly digestHash: string;
  readonly signedAttributes: Der;
  readonly attributes: ReadonlyMap<string, Der>;
  readonly signature: Uint8Array;
}

/**
 * Verifies an RFC 3161 time stamp response over `signed` (the signature's bytes) by an authority of the root, and returns its time in Unix milliseconds.
 * The authority's certificate comes from the root, never from the token; it must be for time stamping, and it, its chain and its window in the root must
 * cover the time. Throws `bad-timestamp` or `malformed`.
 */
export function verifyTimestamp(response: Uint8Array, signed: Uint8Array, root: TrustRoot): number {
  if (response.length > LARGEST) throw new SignatureError('too-large', 'a time stamp larger than 64 KiB');
  const token = readToken(response);
  const time = readInfo(token.info, signed);
  checkAttributes(token);
  const attributes = encodeDer(TAG.set, token.signedAttributes.body);
  const signers = root.timestampAuthorities.filter(({ chain: [signer] }) =>
    verifyWithHash(signer.key, token.digestHash, attributes, token.signature),
  );
  if (signers.length === 0) throw bad('no time stamping authority of the trusted root made it');
  const trusted = signers.find((authority) => isTrustedAt(authority, time) && mayStamp(authority.chain[0], token));
  if (trusted === undefined)
    throw bad(`its authority was not trusted at ${new Date(time).toISOString()}, or not for time stamping`);
  return time;
}

/** TimeStampResp (RFC 3161 section 2.4.2) down to the one SignerInfo (RFC 5652 section 5). */
function readToken(response: Uint8Array): Token {
  const [status, contentInfo] = readChildren(readDer(response, TAG.sequence));
  const granted = readChildren(expectTag(status, TAG.sequence))[0]?.body;
  if (granted?.length !== 1 || (granted[0] !== 0 && granted[0] !== 1)) throw bad('it was not granted');
  const [type, content] = readChildren(expectTag(contentInfo, TAG.sequence));
  if (readOid(type) !== OID.signedData) throw bad('not signed data');
  const fields = readChildren(expectTag(readChildren(expectTag(content, 0xa0))[0], TAG.sequence));
  const [infoType, info] = readChildren(expectTag(fields[2], TAG.sequence));
  if (readOid(infoType) !== OID.tstInfo) throw bad('not a time stamp');
  const [signer, ...others] = readChildren(expectTag(fields.at(-1), TAG.set));
  if (others.length > 0) throw bad('it has more than one signer');
  const [, , digestAlgorithm, signedAttributes, , signature] = readChildren(expectTag(signer, TAG.sequence));
  const attributesElement = expectTag(signedAttributes, 0xa0);
  return {
    info: expectTag(readChildren(expectTag(info, 0xa0))[0], TAG.octetString).body,
    digestHash: readHash(digestAlgorithm),
    signedAttributes: attributesElement,
    attributes: readAttributes(attributesElement),
    signature: expectTag(signature, TAG.octetString).body,
  };
}

function readAttributes(element: Der): ReadonlyMap<string, Der> {
  const attributes = new Map<string, Der>();
  for (const attribute of readChildren(element)) {
    const [type, values] = readChildren(expectTag(attribute, TAG.sequence));
    const [value, ...others] = readChildren(expectTag(values, TAG.set));
    const oid = readOid(type);
    if (value === undefined || others.length > 0 || attributes.has(oid))
      throw bad('a signed attribute with several values');
    attributes.set(oid, value);
  }
  return attributes;
}

/** TSTInfo (RFC 3161 section 2.4.2): the imprint must be of `signed`. */
function readInfo(info: Uint8Array, signed: Uint8Array): number {
  const [version, , imprint, , time] = readChildren(readDer(info, TAG.sequence));
  if (expectTag(version, TAG.integer).body[0] !== 1) throw bad('an unknown version');
  const [algorithm, digest] = readChildren(expectTag(imprint, TAG.sequence));
  const expected = createHash(readHash(algorithm)).update(signed).digest();
  if (!isEqual(expected, expectTag(digest, TAG.octetString).body))
    throw bad('it is over other bytes than this signature');
  return readTime(expectTag(time, TAG.generalizedTime));
}

function checkAttributes({ attributes, digestHash, info }: Token): void {
  if (readOid(attributes.get(OID.contentType)) !== OID.tstInfo) throw bad('its signed content type is another');
  const digest = expectTag(attributes.get(OID.messageDigest), TAG.octetString).body;
  if (!isEqual(createHash(digestHash).update(info).digest(), digest)) throw bad('its content was changed');
}

/** The certificate is for time stamping alone (RFC 3161 section 2.3) and is the one the token names (ESSCertIDv2, RFC 5816), where it names one. */
function mayStamp(certificate: Certificate, { attributes }: Token): boolean {
  const usages = readExtendedKeyUsages(certificate);
  if (usages.length !== 1 || usages[0] !== OID.timeStamping) return false;
  const named = attributes.get(OID.signingCertificateV2);
  if (named === undefined) return true;
  const id = readChildren(expectTag(readChildren(expectTag(readChildren(named)[0], TAG.sequence))[0], TAG.sequence));
  const explicit = id[0]?.tag === TAG.sequence;
  const hash = explicit ? readHash(id[0]) : 'sha256';
  const expected = createHash(hash).update(certificate.der).digest();
  return isEqual(expected, expectTag(explicit ? id[1] : id[0], TAG.octetString).body);
}

function readHash(algorithm: Der | undefined): string {
  const oid = readOid(readChildren(expectTag(algorithm, TAG.sequence))[0]);
  const hash = HASHES[oid];
  if (hash === undefined) throw new SignatureError('unsupported', `a time stamp with the hash ${oid}`);
  return hash;
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function bad(message: string): SignatureError {
  return new SignatureError('bad-timestamp', `the time stamp does not count: ${message}`);
}
