import type { Certificate } from '../certificate.ts';
import { describeName, isSubsetOf, readSubjectName } from './distinguished-name.ts';
import { NotationError } from './errors.ts';
import type { IntactSignature } from './integrity.ts';
import { isSignedAs } from './signer/signing.ts';
import type { VerifyStatement } from './trust-policy.ts';
import { anchorsOf, type TrustStores } from './trust-store.ts';

/** The certificate of the trust stores that stands in the chain. Which type of store counts is the signing scheme's to say (signing-scheme.md, Trust Stores). */
export function findAnchor(
  { envelope, chain }: IntactSignature,
  statement: VerifyStatement,
  stores: TrustStores,
): Certificate {
  const type = envelope.attributes.scheme === 'notary.x509' ? 'ca' : 'signingAuthority';
  const anchors = anchorsOf(stores, statement.stores, type);
  const anchor = chain.find(({ der }) => anchors.some((candidate) => Buffer.from(candidate.der).equals(der)));
  if (anchor === undefined) {
    throw new NotationError(
      'untrusted-certificate',
      `no certificate of the chain is in the trust stores of type ${type}`,
    );
  }
  return anchor;
}

/**
 * The trusted identity that signed, as text. What AWS Signer signed is matched by its profile's ARN alone, and never by `*`: under its root anybody may sign.
 * Throws `untrusted-identity`.
 */
export function matchIdentity({ leaf, signing }: IntactSignature, { identities }: VerifyStatement): string {
  if (signing !== undefined) {
    const match = identities.find((identity) => identity.kind === 'signer-arn' && isSignedAs(identity.arn, signing));
    if (match?.kind === 'signer-arn') return match.text;
    throw new NotationError(
      'untrusted-identity',
      `AWS Signer signed for ${signing.profileVersion.text}, which is not trusted`,
    );
  }
  if (identities.some(({ kind }) => kind === 'any')) return '*';
  const subject = readSubjectName(leaf.subject);
  const match = identities.find((identity) => identity.kind === 'subject' && isSubsetOf(identity.name, subject));
  if (match?.kind === 'subject') return match.text;
  throw new NotationError(
    'untrusted-identity',
    `the signing certificate of ${describeName(subject)} matches no trusted identity`,
  );
}
