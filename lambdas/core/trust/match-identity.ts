import { RE2JS } from '@bufbuild/re2';
import type { Check, FulcioClaims, SignerFacts } from '../signature/outcome.ts';
import type { Signer } from './signer.ts';

type Keyless = Extract<Signer, { keyless: unknown }>['keyless'];

/** Longest subject alternative name that a pattern is tried on; Fulcio's own are far shorter. */
const LONGEST_NAME = 4096;
/** A URI with an authority (RFC 3986 section 3): the names of workflows and workloads. Policies name them by their text, so an e-mail address or user name must not read like one. */
const URI = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * Compares a certificate's facts with what a keyless signer demands: issuer to the letter, exactly one subject alternative name equal to `identity` or matched
 * whole by `identityRegex` (RE2, linear time), every named claim to the letter. A certificate with several names is refused, since it would be unclear who signed, and so
 * is a name that reads as a URI without being one.
 */
export function matchIdentity(signer: SignerFacts, keyless: Keyless): Check {
  const mismatch = findMismatch(signer, keyless);
  return mismatch === undefined
    ? { check: 'identity', result: 'passed', detail: describeSigner(signer) }
    : { check: 'identity', result: 'failed', detail: mismatch };
}

function findMismatch(signer: SignerFacts, keyless: Keyless): string | undefined {
  if (signer.kind !== 'certificate') return 'signed with a bare key where a certificate identity is demanded';
  if (signer.issuer !== keyless.issuer) {
    return `issuer is ${quote(signer.issuer)}, the policy wants ${quote(keyless.issuer)}`;
  }
  const [name, ...others] = signer.names;
  if (name === undefined) return 'the certificate names no subject';
  if (others.length > 0) return `the certificate names ${signer.names.length} subjects, exactly one is accepted`;
  if (name.type !== 'uri' && URI.test(name.value)) {
    return `subject ${quote(name.value)} is written as a URI and is a name of the type ${name.type}`;
  }
  if (!matchesName(name.value, keyless)) {
    return `subject is ${quote(name.value)}, the policy wants ${quote(keyless.identity ?? keyless.identityRegex)}`;
  }
  return findClaimMismatch(signer.claims, keyless.claims ?? {});
}

function matchesName(name: string, keyless: Keyless): boolean {
  if (keyless.identity !== undefined) return name === keyless.identity;
  if (keyless.identityRegex === undefined || name.length > LONGEST_NAME) return false;
  return matchesWhole(keyless.identityRegex, name);
}

/**
 * Whether an RE2 expression matches the whole text. The expression is wrapped, since in `^a|b$` the anchors hold one alternative each.
 */
export function matchesWhole(expression: string, text: string): boolean {
  return RE2JS.compile(`\\A(?:${expression})\\z`).matches(text);
}

function findClaimMismatch(actual: FulcioClaims, wanted: NonNullable<Keyless['claims']>): string | undefined {
  for (const key of Object.keys(wanted) as (keyof typeof wanted)[]) {
    if (wanted[key] !== undefined && actual[key] !== wanted[key]) {
      return `claim ${key} is ${quote(actual[key])}, the policy wants ${quote(wanted[key])}`;
    }
  }
  return undefined;
}

/** Who signed, in words. */
export function describeSigner(signer: SignerFacts): string {
  if (signer.kind === 'key') return 'the pinned key';
  if (signer.kind === 'notation') return clean(signer.subject);
  return `${signer.names.map(({ value }) => clean(value)).join(', ')} (issuer ${clean(signer.issuer ?? 'none')})`;
}

function quote(text: string | undefined): string {
  return text === undefined ? 'absent' : `"${clean(text)}"`;
}

/** Certificates are hostile text: control, format and bidirectional characters go, and what is left is cut at 300 characters. */
export function clean(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD').slice(0, 300);
}
