import { type DistinguishedName, isSubsetOf, parseIdentityName } from './distinguished-name.ts';
import { asNotationError, NotationError } from './errors.ts';
import { parseSignerArn, type SignerArn } from './signer/arn.ts';

/**
 * Who may sign (trust-store-trust-policy.md, Trusted Identities Constraints).
 * - `any`: whoever holds a certificate under the trust stores.
 * - `subject`: whose certificate has all these attributes in its subject.
 * - `signer-arn`: a signing profile of AWS Signer, any version or one, or an alias.
 */
export type TrustedIdentity =
  | { readonly kind: 'any' }
  | { readonly kind: 'subject'; readonly text: string; readonly name: DistinguishedName }
  | { readonly kind: 'signer-arn'; readonly text: string; readonly arn: SignerArn };

const SUBJECT = 'x509.subject:';
const MOST_IDENTITIES = 200;

/** Parses the identities of one policy. `*` stands alone; subjects must not overlap, one certificate may match one of them only. Throws `bad-trust-policy`. */
export function parseIdentities(texts: readonly string[]): readonly TrustedIdentity[] {
  if (texts.length === 0 || texts.length > MOST_IDENTITIES) throw bad('no trusted identities, or too many');
  const identities = texts.map(parseIdentity);
  if (identities.length > 1 && identities.some(({ kind }) => kind === 'any')) throw bad('"*" beside other identities');
  const names = identities.flatMap((identity) => (identity.kind === 'subject' ? [identity.name] : []));
  names.forEach((name, index) => {
    if (names.some((other, at) => at !== index && isSubsetOf(name, other)))
      throw bad('trusted identities that overlap');
  });
  return identities;
}

function parseIdentity(text: string): TrustedIdentity {
  if (text === '*') return { kind: 'any' };
  if (text.startsWith(SUBJECT)) {
    try {
      return { kind: 'subject', text, name: parseIdentityName(text.slice(SUBJECT.length)) };
    } catch (thrown) {
      throw bad(`${JSON.stringify(text.slice(0, 200))}: ${asNotationError(thrown, 'bad-trust-policy').message}`);
    }
  }
  const arn = parseSignerArn(text);
  if (arn === undefined || arn.resource.kind === 'job') {
    throw bad(`${JSON.stringify(text.slice(0, 200))} is neither an x509.subject nor the ARN of a signing profile`);
  }
  return { kind: 'signer-arn', text, arn };
}

function bad(message: string): NotationError {
  return new NotationError('bad-trust-policy', `the trust policy has ${message}`);
}
