import type { SigningScheme } from './attributes.ts';
import type { NotationErrorCode } from './errors.ts';
import type { SignedDescriptor } from './payload.ts';
import type { ValidationAction, ValidationType } from './verification-level.ts';

/** The checks of a Notary Project signature, in the order in which they are made. */
export type NotationCheckName =
  | 'envelope'
  | 'signature'
  | 'certificate-chain'
  | 'signed-by'
  | 'payload'
  | 'subject'
  | 'trust-store'
  | 'identity'
  | 'expiry'
  | 'signed-time'
  | 'revocation';

/**
 * One check with its result. `validation` and `action` say what a failure does under the policy: with `log` a failed check does not refuse the signature.
 * `detail` is a sentence part for people, at most 300 characters, free of control characters.
 */
export interface NotationCheck {
  readonly check: NotationCheckName;
  readonly validation: ValidationType;
  readonly action: ValidationAction;
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly code?: NotationErrorCode;
  readonly detail: string;
}

/** Who signed. */
export interface NotationSigner {
  readonly scheme: SigningScheme;
  /** The subject for people; which identity of the policy matched is in the checks. */
  readonly subject: string;
  /** SHA-256 of each certificate in lower-case hex, the signing certificate first. */
  readonly thumbprints: readonly string[];
  /** AWS Signer's own words, where it signed. */
  readonly awsSigner: { readonly profileVersionArn: string; readonly jobArn: string } | undefined;
}

/** What a verified signature says. Times in Unix milliseconds. */
export interface NotationAcceptance {
  readonly kind: 'accepted';
  /** Name of the policy statement. */
  readonly policy: string;
  /** Whether trust store and identity matched. A policy that only logs authenticity accepts without: then nobody knows who signed. */
  readonly authentic: boolean;
  readonly signer: NotationSigner;
  readonly artifact: SignedDescriptor;
  /** When it was signed at the latest, proven by a time stamp or by a trusted signing authority; undefined where nothing proves it. */
  readonly signedAt: number | undefined;
  /** From when on it would not be accepted any more: its expiry, or the end of a certificate where no time is proven. */
  readonly expiresAt: number | undefined;
  /**
   * From when on it has to be verified again: `expiresAt`, or where it rests on answers about revocation the end of those, at most a day ahead. Where such an answer
   * is only logged and could not be had, a day ahead too. Undefined where nothing but another policy can change it.
   */
  readonly holdsUntil: number | undefined;
  readonly checks: readonly NotationCheck[];
}

/**
 * The result of verifying one signature under a trust policy.
 * - `accepted`: nothing that is enforced failed. What was only logged is in `checks`.
 * - `rejected`: an enforced check failed; asking again gives the same.
 * - `undetermined`: whether a certificate is revoked could not be learned, and that is enforced. Not accepted; asking again later may help.
 * - `not-verified`: the policy says `skip` for this repository. Nothing was looked at, nothing is vouched for.
 */
export type NotationOutcome =
  | NotationAcceptance
  | {
      readonly kind: 'rejected';
      readonly code: NotationErrorCode;
      readonly message: string;
      readonly checks: readonly NotationCheck[];
    }
  | {
      readonly kind: 'undetermined';
      readonly code: NotationErrorCode;
      readonly message: string;
      readonly checks: readonly NotationCheck[];
    }
  | { readonly kind: 'not-verified'; readonly policy: string; readonly checks: readonly NotationCheck[] };
