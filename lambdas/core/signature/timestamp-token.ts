import { createHash, timingSafeEqual } from 'node:crypto';
import { type Certificate, readExtensionList } from './certificate.ts';
import { type Der, encodeDer, expectTag, readChildren, readDer, readOid, readTime, TAG } from './der.ts';
import { SignatureError } from './errors.ts';
import { verifyWithHash } from './keys.ts';

const OID = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** An RFC 3161 time stamp token taken apart: CMS SignedData (RFC 5652 section 5) with one signer. Nothing is verified. */
export interface TimestampToken {
  /** TSTInfo, DER. */
  readonly info: Uint8Array;
  readonly digestHash: string;
  readonly signedAttributes: Der;
  readonly attributes: ReadonlyMap<string, Der>;
  readonly signature: Uint8Array;
  /** The SignerIdentifier as it stands. */
  readonly signer: Der;
  /** Certificates that came along, DER, unverified. */
  readonly certificates: readonly Uint8Array[];
}

/** What TSTInfo says. `time` in Unix milliseconds; `accuracy` in milliseconds, rounded up, undefined where it is not stated. */
export interface TimestampInfo {
  readonly time: number;
  readonly accuracy: number | undefined;
  readonly policy: string;
}

/** Reads a ContentInfo that holds a time stamp token. Throws `bad-timestamp`, `malformed` or `unsupported`. */
export function readTimestampToken(contentInfo: Der | undefined): TimestampToken {
  const [type, content] = readChildren(expectTag(contentInfo, TAG.sequence));
  if (readOid(type) !== OID.signedData) throw badTimestamp('not signed data');
  const fields = readChildren(expectTag(readChildren(expectTag(content, 0xa0))[0], TAG.sequence));
  const [infoType, info] = readChildren(expectTag(fields[2], TAG.sequence));
  if (readOid(infoType) !== OID.tstInfo) throw badTimestamp('not a time stamp');
  const [signer, ...others] = readChildren(expectTag(fields.at(-1), TAG.set));
  if (others.length > 0) throw badTimestamp('it has more than one signer');
  const [, identifier, digestAlgorithm, signedAttributes, , signature] = readChildren(expectTag(signer, TAG.sequence));
  const attributesElement = expectTag(signedAttributes, 0xa0);
  if (identifier === undefined) throw badTimestamp('it names no signer');
  const certificates = fields.slice(3, -1).find(({ tag }) => tag === 0xa0);
  return {
    info: expectTag(readChildren(expectTag(info, 0xa0))[0], TAG.octetString).body,
    digestHash: readHash(digestAlgorithm),
    signedAttributes: attributesElement,
    attributes: readAttributes(attributesElement),
    signature: expectTag(signature, TAG.octetString).body,
    signer: identifier,
    certificates: certificates === undefined ? [] : readChildren(certificates).map(({ whole }) => whole),
  };
}

function readAttributes(element: Der): ReadonlyMap<string, Der> {
  const attributes = new Map<string, Der>();
  for (const attribute of readChildren(element)) {
    const [type, values] = readChildren(expectTag(attribute, TAG.sequence));
    const [value, ...others] = readChildren(expectTag(values, TAG.set));
    const oid = readOid(type);
    if (value === undefined || others.length > 0 || attributes.has(oid))
      throw badTimestamp('a signed attribute with several values');
    attributes.set(oid, value);
  }
  return attributes;
}

/** TSTInfo (RFC 3161 section 2.4.2): the imprint must be of `signed`, and nothing critical may be unknown. */
export function readTimestampInfo({ info }: TimestampToken, signed: Uint8Array): TimestampInfo {
  const [version, policy, imprint, , time, ...optional] = readChildren(readDer(info, TAG.sequence));
  if (expectTag(version, TAG.integer).body[0] !== 1) throw badTimestamp('an unknown version');
  const [algorithm, digest] = readChildren(expectTag(imprint, TAG.sequence));
  const expected = createHash(readHash(algorithm)).update(signed).digest();
  if (!isEqual(expected, expectTag(digest, TAG.octetString).body))
    throw badTimestamp('it is over other bytes than this signature');
  const extensions = optional.find(({ tag }) => tag === 0xa1);
  if (extensions !== undefined) refuseCritical(extensions);
  return {
    time: readTime(expectTag(time, TAG.generalizedTime)),
    accuracy: readAccuracy(optional.find(({ tag }) => tag === TAG.sequence)),
    policy: readOid(policy),
  };
}

function refuseCritical(extensions: Der): void {
  const list = readExtensionList(extensions);
  if ([...list.values()].some(({ critical }) => critical)) throw badTimestamp('an unknown critical extension');
}

/** Accuracy: seconds, and thousandths and millionths of a second under the tags 0 and 1. */
function readAccuracy(element: Der | undefined): number | undefined {
  if (element === undefined) return undefined;
  let milliseconds = 0;
  for (const { tag, body } of readChildren(element)) {
    if (body.length === 0 || body.length > 4 || (body[0] ?? 0) > 0x7f) throw badTimestamp('an accuracy out of range');
    const value = Buffer.from(body).readUIntBE(0, body.length);
    milliseconds += tag === TAG.integer ? value * 1000 : tag === 0x80 ? value : value / 1000;
  }
  return Math.ceil(milliseconds);
}

/** Whether `key` signed the token's attributes. */
export function isTokenSignedBy(token: TimestampToken, key: Certificate['key']): boolean {
  return verifyWithHash(key, token.digestHash, encodeDer(TAG.set, token.signedAttributes.body), token.signature);
}

/** Refuses a token whose signed attributes are not about its content. */
export function checkTokenAttributes({ attributes, digestHash, info }: TimestampToken): void {
  if (readOid(attributes.get(OID.contentType)) !== OID.tstInfo)
    throw badTimestamp('its signed content type is another');
  const digest = expectTag(attributes.get(OID.messageDigest), TAG.octetString).body;
  if (!isEqual(createHash(digestHash).update(info).digest(), digest)) throw badTimestamp('its content was changed');
}

/** Whether the token names the certificate (ESSCertIDv2, RFC 5816; ESSCertID with SHA-1, RFC 2634); undefined where it names none. */
export function namesCertificate({ attributes }: TimestampToken, certificate: Certificate): boolean | undefined {
  const second = attributes.get(OID.signingCertificateV2);
  const named = second ?? attributes.get(OID.signingCertificate);
  if (named === undefined) return undefined;
  const id = readChildren(expectTag(readChildren(expectTag(readChildren(named)[0], TAG.sequence))[0], TAG.sequence));
  const explicit = second !== undefined && id[0]?.tag === TAG.sequence;
  const hash = second === undefined ? 'sha1' : explicit ? readHash(id[0]) : 'sha256';
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

export function badTimestamp(message: string): SignatureError {
  return new SignatureError('bad-timestamp', `the time stamp does not count: ${message}`);
}
