import type { KeyObject } from 'node:crypto';
import { type Certificate, hasKeyUsage, isIssuedBy, readExtendedKeyUsages } from '../certificate.ts';
import { readChildren, readDer, TAG } from '../der.ts';
import { algorithmOf } from './algorithm.ts';
import { NotationError } from './errors.ts';

/** What the leaf of a chain is for. */
export type ChainPurpose = 'code-signing' | 'time-stamping';

const OID = {
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  anyUsage: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const;

const DIGITAL_SIGNATURE = 0;
const CERTIFICATE_SIGNING = 5;
/** Key usages a leaf must not have, by bit: encipherments, key agreement, certificate and CRL signing, encipher and decipher only. */
const FORBIDDEN_USAGES = [2, 3, 4, 5, 6, 7, 8];
/** Extended key usages a signing certificate must not have (signature-specification.md; OCSP signing as notation-core-go has it). */
const FORBIDDEN_PURPOSES: readonly string[] = [
  OID.anyUsage,
  OID.serverAuth,
  OID.clientAuth,
  OID.emailProtection,
  OID.timeStamping,
  OID.ocspSigning,
];

/**
 * Holds a chain to the Notary Project's rules (signature-specification.md, Certificate Requirements): leaf first, each issued by the next, a self-signed root last and
 * nowhere else; a single certificate must be self-signed and is held to the rules of a leaf. Validity in time is not looked at.
 * Throws `bad-certificate-chain`, `certificate-usage` or `unsupported`.
 */
export function checkChain(chain: readonly Certificate[], purpose: ChainPurpose): void {
  const [leaf] = chain;
  if (leaf === undefined) throw badChain('it is empty');
  chain.forEach((certificate, index) => {
    const issuer = chain[index + 1] ?? certificate;
    const selfSigned = isSelfSigned(certificate);
    if (index === chain.length - 1) {
      if (!selfSigned) throw badChain('it does not end with a self-signed root');
    } else if (selfSigned) {
      throw badChain(`certificate ${index + 1} of ${chain.length} is self-signed, and it is not the last`);
    } else if (!isIssuedBy(certificate, issuer)) {
      throw badChain(`certificate ${index + 1} of ${chain.length} is not issued by the next`);
    }
    if (index > 0) checkAuthority(certificate, index - 1);
  });
  checkLeaf(leaf, purpose);
}

/** Whether a certificate is signed with its own key under its own name. */
export function isSelfSigned(certificate: Certificate): boolean {
  return isIssuedBy(certificate, certificate);
}

function checkAuthority(certificate: Certificate, authoritiesBelow: number): void {
  const { authority, pathLength, critical } = readBasicConstraints(certificate);
  if (!authority || !critical) throw usage('an authority lacks critical basic constraints with cA');
  if (pathLength !== undefined && pathLength < authoritiesBelow) {
    throw usage(`an authority allows ${pathLength} authorities below itself, and there are ${authoritiesBelow}`);
  }
  expectCriticalKeyUsage(certificate, 'an authority');
  if (!hasKeyUsage(certificate, CERTIFICATE_SIGNING)) throw usage('an authority lacks the key usage keyCertSign');
}

function checkLeaf(leaf: Certificate, purpose: ChainPurpose): void {
  if (readBasicConstraints(leaf).authority) throw usage('the leaf is the certificate of an authority');
  if (purpose === 'code-signing') expectCriticalKeyUsage(leaf, 'the leaf');
  if (!hasKeyUsage(leaf, DIGITAL_SIGNATURE)) throw usage('the leaf lacks the key usage digitalSignature');
  if (FORBIDDEN_USAGES.some((bit) => hasKeyUsage(leaf, bit))) {
    throw usage('the leaf has key usages beside digitalSignature');
  }
  const purposes = readExtendedKeyUsages(leaf);
  if (purpose === 'code-signing') {
    const forbidden = purposes.find((oid) => FORBIDDEN_PURPOSES.includes(oid));
    if (forbidden !== undefined) throw usage(`the leaf has the extended key usage ${forbidden}`);
    if (purposes.length > 0 && !purposes.includes(OID.codeSigning)) throw usage('the leaf is not for signing code');
  } else {
    const critical = leaf.extensions.get(OID.extendedKeyUsage)?.critical === true;
    if (purposes.length !== 1 || purposes[0] !== OID.timeStamping || !critical) {
      throw usage('the leaf is not for time stamping alone, marked critical (RFC 3161 section 2.3)');
    }
  }
  expectKey(leaf.key);
}

function expectCriticalKeyUsage(certificate: Certificate, who: string): void {
  if (certificate.extensions.get(OID.keyUsage)?.critical !== true) throw usage(`${who} lacks a critical key usage`);
}

/** Key type and size as the algorithms allow them. Throws `unsupported`. */
function expectKey(key: KeyObject): void {
  algorithmOf(key);
}

/** BasicConstraints (RFC 5280 section 4.2.1.9). */
export function readBasicConstraints(certificate: Certificate): {
  readonly authority: boolean;
  readonly critical: boolean;
  readonly pathLength: number | undefined;
} {
  const extension = certificate.extensions.get(OID.basicConstraints);
  if (extension === undefined) return { authority: false, critical: false, pathLength: undefined };
  const children = readChildren(readDer(extension.value, TAG.sequence));
  const flag = children.find(({ tag }) => tag === TAG.boolean);
  const limit = children.find(({ tag }) => tag === TAG.integer);
  if (limit !== undefined && (limit.body.length !== 1 || (limit.body[0] ?? 0) > 127)) {
    throw new NotationError('malformed', 'a path length that is not between 0 and 127');
  }
  // Any value but zero is taken for true: a leaf must not pass for none because of an odd encoding.
  return {
    authority: flag !== undefined && flag.body[0] !== 0,
    critical: extension.critical,
    pathLength: limit?.body[0],
  };
}

function badChain(message: string): NotationError {
  return new NotationError('bad-certificate-chain', `the certificate chain: ${message}`);
}

function usage(message: string): NotationError {
  return new NotationError('certificate-usage', message);
}
