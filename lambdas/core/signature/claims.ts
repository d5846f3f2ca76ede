import type { Certificate } from './certificate.ts';
import { readChildren, readDer, readOid, TAG } from './der.ts';
import { SignatureError } from './errors.ts';
import type { FulcioClaims, SubjectName } from './outcome.ts';

const FULCIO = '1.3.6.1.4.1.57264.1';

/** Fulcio's extensions .8 to .24 (fulcio/docs/oid-info.md): each a DER UTF8String. */
const CLAIMS = {
  issuer: 8,
  buildSignerUri: 9,
  buildSignerDigest: 10,
  runnerEnvironment: 11,
  sourceRepositoryUri: 12,
  sourceRepositoryDigest: 13,
  sourceRepositoryRef: 14,
  sourceRepositoryId: 15,
  sourceRepositoryOwnerUri: 16,
  sourceRepositoryOwnerId: 17,
  buildConfigUri: 18,
  buildConfigDigest: 19,
  buildTrigger: 20,
  runInvocationUri: 21,
  sourceRepositoryVisibility: 22,
  deploymentEnvironment: 23,
  tokenSubject: 24,
} as const satisfies Record<keyof FulcioClaims, number>;
const CLAIM_OIDS = Object.entries(CLAIMS).map(([name, number]) => [name, `${FULCIO}.${number}`] as const);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const LONGEST_TEXT = 8192;

/** Reads the typed claims. An extension that is there and not a UTF8String is an error, not an absent claim. */
export function readClaims(certificate: Certificate): FulcioClaims {
  const claims: Record<string, string> = {};
  for (const [name, oid] of CLAIM_OIDS) {
    const extension = certificate.extensions.get(oid);
    if (extension !== undefined) claims[name] = decodeText(readDer(extension.value, TAG.utf8String).body);
  }
  return claims;
}

/** The OIDC issuer: extension .8, or the raw text of the older .1. Where both are there they must agree. */
export function readIssuer(certificate: Certificate, claims: FulcioClaims): string | undefined {
  const legacy = certificate.extensions.get(`${FULCIO}.1`);
  const older = legacy === undefined ? undefined : decodeText(legacy.value);
  if (claims.issuer !== undefined && older !== undefined && claims.issuer !== older) {
    throw new SignatureError('malformed', 'the certificate names two issuers');
  }
  return claims.issuer ?? older;
}

/** The subject alternative names (RFC 5280 section 4.2.1.6): URI, e-mail, DNS, and Fulcio's user name (otherName .7). Other kinds are refused. */
export function readSubjectNames(certificate: Certificate): readonly SubjectName[] {
  const extension = certificate.extensions.get('2.5.29.17');
  if (extension === undefined) return [];
  return readChildren(readDer(extension.value, TAG.sequence)).map((name) => {
    switch (name.tag) {
      case 0x81:
        return { type: 'email', value: decodeText(name.body) };
      case 0x82:
        return { type: 'dns', value: decodeText(name.body) };
      case 0x86:
        return { type: 'uri', value: decodeText(name.body) };
      case 0xa0: {
        const [oid, value] = readChildren(name);
        if (readOid(oid) !== `${FULCIO}.7` || value === undefined) break;
        return { type: 'other', value: decodeText(readDer(value.body, TAG.utf8String).body) };
      }
    }
    throw new SignatureError('unsupported', 'a subject alternative name of an unknown kind');
  });
}

function decodeText(bytes: Uint8Array): string {
  if (bytes.length > LONGEST_TEXT) throw new SignatureError('too-large', 'a certificate text longer than 8 KiB');
  try {
    const text = utf8.decode(bytes);
    if (!text.includes('\0')) return text;
  } catch (cause) {
    throw new SignatureError('malformed', 'a certificate text that is not UTF-8', { cause });
  }
  throw new SignatureError('malformed', 'a certificate text with a NUL');
}
