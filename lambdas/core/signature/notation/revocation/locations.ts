import type { Certificate } from '../../certificate.ts';
import { readChildren, readDer, readOid, TAG } from '../../der.ts';
import { NotationError } from '../errors.ts';

/** Where a certificate says that its status can be learned. */
export interface RevocationLocations {
  readonly ocsp: readonly string[];
  /** One CRL at several places, or several complete CRLs: any of them decides. CRLs of some reasons, of another issuer or not over HTTP are left out. */
  readonly crl: readonly string[];
  /** Whether it says anything of the kind. Without, nothing is checked (trust-store-trust-policy.md, Certificate Revocation Evaluation). */
  readonly declared: boolean;
}

const AUTHORITY_ACCESS = '1.3.6.1.5.5.7.1.1';
const OCSP = '1.3.6.1.5.5.7.48.1';
const DISTRIBUTION_POINTS = '2.5.29.31';
const URI = 0x86;
/** Fields of a DistributionPoint. */
const REASONS = 0x81;
const CRL_ISSUER = 0xa2;
/** Places of one kind that are asked, one after another; it bounds how long a check can take. */
const MOST_PLACES = 4;

/** Reads AuthorityInfoAccess and CRLDistributionPoints (RFC 5280 sections 4.2.2.1 and 4.2.1.13). Only plain HTTP counts, as the specification has it. */
export function readRevocationLocations(certificate: Certificate): RevocationLocations {
  const points = readDistributionPoints(certificate);
  const responders = readResponders(certificate);
  return {
    ocsp: limit(responders),
    crl: limit(points.flat()),
    declared: responders.length > 0 || certificate.extensions.has(DISTRIBUTION_POINTS),
  };
}

function readResponders(certificate: Certificate): readonly string[] {
  const extension = certificate.extensions.get(AUTHORITY_ACCESS);
  if (extension === undefined) return [];
  return readChildren(readDer(extension.value, TAG.sequence)).flatMap((description) => {
    const [method, location] = readChildren(description);
    return readOid(method) === OCSP && location?.tag === URI ? [readUri(location.body)] : [];
  });
}

function readDistributionPoints(certificate: Certificate): readonly (readonly string[])[] {
  const extension = certificate.extensions.get(DISTRIBUTION_POINTS);
  if (extension === undefined) return [];
  return readChildren(readDer(extension.value, TAG.sequence)).map((point) => {
    const fields = readChildren(point);
    if (fields.some(({ tag }) => tag === REASONS || tag === CRL_ISSUER)) return [];
    const name = fields.find(({ tag }) => tag === 0xa0);
    const fullName = name === undefined ? undefined : readChildren(name).find(({ tag }) => tag === 0xa0);
    const uris = fullName === undefined ? [] : readChildren(fullName).filter(({ tag }) => tag === URI);
    return uris.map(({ body }) => readUri(body));
  });
}

function limit(places: readonly string[]): readonly string[] {
  const distinct = [...new Set(places)].filter(isHttp);
  if (distinct.length > MOST_PLACES)
    throw new NotationError('too-large', 'a certificate with too many revocation URLs');
  return distinct;
}

function readUri(body: Uint8Array): string {
  return Buffer.from(body).toString('latin1');
}

/** Plain HTTP to a named host, nothing that could smuggle credentials or control characters. */
export function isHttp(text: string): boolean {
  if (text.length > 2048 || !/^http:\/\/[!-~]+$/i.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === 'http:' && username === '' && password === '';
}
