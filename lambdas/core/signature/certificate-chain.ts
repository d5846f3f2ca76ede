import {
  type Certificate,
  claimsAuthority,
  hasKeyUsage,
  isAuthority,
  isIssuedBy,
  readExtendedKeyUsages,
} from './certificate.ts';
import { SignatureError } from './errors.ts';
import { type Authority, isValidAt, isWithin, type TrustRoot } from './trust-root.ts';

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

/** Critical extensions that are understood: key usage, alternative names, basic constraints, extended key usage. */
const UNDERSTOOD = new Set(['2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.37']);

/**
 * Finds the authority of the root that issued a signing certificate and was trusted at each of `instants` (RFC 5280 section 6, with the trusted times
 * in the place of now). Returns the issuing certificate. Throws `untrusted-certificate` or `certificate-expired`.
 */
export function findIssuer(certificate: Certificate, instants: readonly number[], root: TrustRoot): Certificate {
  for (const instant of instants) {
    if (!isValidAt(certificate, instant)) {
      throw new SignatureError(
        'certificate-expired',
        `the certificate was not valid at ${new Date(instant).toISOString()}, when it signed`,
      );
    }
  }
  const issued = root.authorities.filter(
    ({ chain: [issuer] }) => isAuthority(issuer) && isIssuedBy(certificate, issuer),
  );
  const trusted = issued.find((authority) => instants.every((instant) => isTrustedAt(authority, instant)));
  if (trusted !== undefined) return trusted.chain[0];
  throw issued.length > 0
    ? new SignatureError('certificate-expired', 'its authority was not trusted at the time of signing')
    : new SignatureError('untrusted-certificate', 'no authority of the trusted root issued the certificate');
}

/** Whether an authority and its whole chain were valid at an instant. */
export function isTrustedAt({ chain, validity }: Authority, instant: number): boolean {
  return isWithin(instant, validity) && chain.every((certificate) => isValidAt(certificate, instant));
}

/** Refuses a certificate that is not for signing code: not a CA, digitalSignature, codeSigning, nothing critical that is unknown. Throws `certificate-usage`. */
export function checkCodeSigningUsage(certificate: Certificate): void {
  if (claimsAuthority(certificate)) throw usage('the certificate is one of an authority');
  if (!hasKeyUsage(certificate, 0)) throw usage('the certificate lacks the key usage digitalSignature');
  if (!readExtendedKeyUsages(certificate).includes(CODE_SIGNING)) {
    throw usage('the certificate lacks the extended key usage codeSigning');
  }
  for (const [oid, { critical }] of certificate.extensions) {
    if (critical && !UNDERSTOOD.has(oid)) throw usage(`the certificate has the unknown critical extension ${oid}`);
  }
}

function usage(message: string): SignatureError {
  return new SignatureError('certificate-usage', message);
}
