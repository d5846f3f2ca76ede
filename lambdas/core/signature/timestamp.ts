import { type Certificate, readExtendedKeyUsages } from './certificate.ts';
import { isTrustedAt } from './certificate-chain.ts';
import { expectTag, readChildren, readDer, TAG } from './der.ts';
import { SignatureError } from './errors.ts';
import {
  badTimestamp,
  checkTokenAttributes,
  isTokenSignedBy,
  namesCertificate,
  readTimestampInfo,
  readTimestampToken,
  type TimestampToken,
} from './timestamp-token.ts';
import type { TrustRoot } from './trust-root.ts';

const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const LARGEST = 64 * 1024;

/** What a time stamp is worth: a time in Unix milliseconds that an authority of the root vouches for, or why none does. */
export type StampedTime =
  | { readonly trusted: true; readonly time: number }
  | { readonly trusted: false; readonly reason: string };

/**
 * Verifies an RFC 3161 time stamp response over `signed` (the signature's bytes) by an authority of the root. The authority's certificate comes from the
 * root, never from the token; it must be for time stamping, and it, its chain and its window in the root must cover the time. A stamp by an authority that
 * is not trusted then is worth nothing; one that is over other bytes, or not well-formed, is an error: `bad-timestamp`, `malformed`, `unsupported` or `too-large`.
 */
export function verifyTimestamp(response: Uint8Array, signed: Uint8Array, root: TrustRoot): StampedTime {
  if (response.length > LARGEST) throw new SignatureError('too-large', 'a time stamp larger than 64 KiB');
  const token = readResponse(response);
  const { time } = readTimestampInfo(token, signed);
  checkTokenAttributes(token);
  const signers = root.timestampAuthorities.filter(({ chain: [signer] }) => isTokenSignedBy(token, signer.key));
  if (signers.length === 0) return { trusted: false, reason: 'no time stamping authority of the trusted root made it' };
  return signers.some((authority) => isTrustedAt(authority, time) && mayStamp(authority.chain[0], token))
    ? { trusted: true, time }
    : {
        trusted: false,
        reason: `its authority was not trusted at ${new Date(time).toISOString()}, or not for time stamping`,
      };
}

/** TimeStampResp (RFC 3161 section 2.4.2) that was granted. */
function readResponse(response: Uint8Array): TimestampToken {
  const [status, contentInfo] = readChildren(readDer(response, TAG.sequence));
  const granted = readChildren(expectTag(status, TAG.sequence))[0]?.body;
  if (granted?.length !== 1 || (granted[0] !== 0 && granted[0] !== 1)) throw badTimestamp('it was not granted');
  return readTimestampToken(contentInfo);
}

/** The certificate is for time stamping alone (RFC 3161 section 2.3) and is the one the token names (ESSCertIDv2, RFC 5816), where it names one. */
function mayStamp(certificate: Certificate, token: TimestampToken): boolean {
  const usages = readExtendedKeyUsages(certificate);
  return usages.length === 1 && usages[0] === TIME_STAMPING && namesCertificate(token, certificate) !== false;
}
