import { type Certificate, isIssuedBy, parseCertificate } from '../certificate.ts';
import { type Der, expectTag, readChildren, readDer, TAG } from '../der.ts';
import { SignatureError } from '../errors.ts';
import {
  checkTokenAttributes,
  isTokenSignedBy,
  namesCertificate,
  readTimestampInfo,
  readTimestampToken,
  type TimestampToken,
} from '../timestamp-token.ts';
import { checkChain, isSelfSigned } from './certificate-rules.ts';
import { NotationError } from './errors.ts';

/** When a signature existed at the latest: the stamped time with its accuracy on both sides, Unix milliseconds. */
export interface StampedTime {
  readonly earliest: number;
  readonly latest: number;
  /** The chain of the time stamping authority, leaf first, ending with a root of a `tsa` store. */
  readonly chain: readonly Certificate[];
}

const LARGEST = 64 * 1024;
const LONGEST_CHAIN = 6;
const MOST_CERTIFICATES = 10;
/** The baseline policy of RFC 3628 section 5.2 promises a second where nothing is stated. */
const BASELINE_POLICY = '0.4.0.2023.1.1';

/**
 * Verifies an RFC 3161 countersignature over `signature` (trust-store-trust-policy.md, Validate Trusted Timestamp): imprint, signed attributes, the signing certificate it
 * names, a chain to a root of the `tsa` stores that was valid at the stamped time, and the rules for time stamping certificates. Revocation is the caller's to check.
 * Throws `bad-timestamp` and what DER and certificates throw.
 */
export function verifyCountersignature(
  token: Uint8Array,
  signature: Uint8Array,
  anchors: readonly Certificate[],
): StampedTime {
  if (token.length > LARGEST) throw new NotationError('too-large', 'a time stamp larger than 64 KiB');
  const parsed = readTimestampToken(readDer(token, TAG.sequence));
  const { time, accuracy, policy } = readTimestampInfo(parsed, signature);
  checkTokenAttributes(parsed);
  if (parsed.certificates.length > MOST_CERTIFICATES) throw bad('it brings too many certificates');
  const certificates = parsed.certificates.flatMap(readOffered);
  const signer = certificates.find((certificate) => isSigner(parsed.signer, certificate));
  if (signer === undefined) throw bad('the certificate of its signer is missing');
  if (!isTokenSignedBy(parsed, signer.key)) throw bad('its signature does not verify');
  expectNamed(parsed, signer);
  const chain = buildChain(signer, certificates, anchors);
  checkChain(chain, 'time-stamping');
  const margin = accuracy ?? (policy === BASELINE_POLICY ? 1000 : 0);
  for (const { notBefore, notAfter } of chain) {
    if (time < notBefore || time > notAfter) throw bad('a certificate of its authority was not valid then');
  }
  return { earliest: time - margin, latest: time + margin, chain };
}

/** Tokens bring certificates of all kinds; one that cannot be read here can be no link of the chain either. */
function readOffered(der: Uint8Array): readonly Certificate[] {
  try {
    return [parseCertificate(der)];
  } catch (thrown) {
    if (!(thrown instanceof SignatureError)) throw thrown;
    return [];
  }
}

function expectNamed(token: TimestampToken, signer: Certificate): void {
  if (namesCertificate(token, signer) !== true) throw bad('it does not name the certificate that signed it');
}

/** SignerIdentifier (RFC 5652 section 5.3): issuer and serial number, or the subject key identifier. */
function isSigner(identifier: Der, certificate: Certificate): boolean {
  if (identifier.tag === TAG.sequence) {
    const [issuer, serial] = readChildren(identifier);
    return isSame(issuer?.whole, certificate.issuer) && isSame(serial?.body, certificate.serial);
  }
  const extension = certificate.extensions.get('2.5.29.14');
  if (identifier.tag !== 0x80 || extension === undefined) return false;
  return isSame(identifier.body, expectTag(readDer(extension.value), TAG.octetString).body);
}

/** From the signer up to an anchor, through certificates of the token. Bounded in length; an anchor is taken before anything of the token. */
function buildChain(
  signer: Certificate,
  offered: readonly Certificate[],
  anchors: readonly Certificate[],
): Certificate[] {
  const chain = [signer];
  for (let top = signer; chain.length <= LONGEST_CHAIN; ) {
    const anchor = anchors.find((candidate) => isIssuedBy(top, candidate));
    if (anchor !== undefined) return isSame(anchor.der, top.der) ? chain : [...chain, anchor];
    const next = offered.find(
      (candidate) => !isSelfSigned(candidate) && !chain.includes(candidate) && isIssuedBy(top, candidate),
    );
    if (next === undefined) break;
    chain.push(next);
    top = next;
  }
  throw bad('no root of the trust stores of type tsa stands above its signer');
}

function isSame(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && Buffer.from(one).equals(other);
}

function bad(message: string): NotationError {
  return new NotationError('bad-timestamp', `the time stamp does not count: ${message}`);
}
