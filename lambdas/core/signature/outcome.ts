import type { SignatureErrorCode } from './errors.ts';
import type { NotationErrorCode } from './notation/errors.ts';
import type { NotationCheckName } from './notation/outcome.ts';

/** The checks the engine makes, in the order in which a reader meets them. */
export type CheckName =
  | 'format'
  | 'certificate-chain'
  | 'certificate-usage'
  | 'certificate-timestamp'
  | 'transparency-log-entry'
  | 'transparency-log-inclusion'
  | 'signed-time'
  | 'signature'
  | 'identity'
  | 'statement'
  | 'subject'
  | 'predicate'
  | Exclude<NotationCheckName, 'signature' | 'certificate-chain' | 'subject' | 'identity' | 'signed-time'>;

/** One check with its result. `detail` is a sentence part for people, at most some 300 characters, free of control characters. */
export interface Check {
  readonly check: CheckName;
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly detail: string;
}

/** The claims of a Fulcio certificate by their names in fulcio/docs/oid-info.md (1.3.6.1.4.1.57264.1.8 to .24; legacy .1 to .6 are not used). */
export interface FulcioClaims {
  readonly issuer?: string;
  readonly buildSignerUri?: string;
  readonly buildSignerDigest?: string;
  readonly runnerEnvironment?: string;
  readonly sourceRepositoryUri?: string;
  readonly sourceRepositoryDigest?: string;
  readonly sourceRepositoryRef?: string;
  readonly sourceRepositoryId?: string;
  readonly sourceRepositoryOwnerUri?: string;
  readonly sourceRepositoryOwnerId?: string;
  readonly buildConfigUri?: string;
  readonly buildConfigDigest?: string;
  readonly buildTrigger?: string;
  readonly runInvocationUri?: string;
  readonly sourceRepositoryVisibility?: string;
  readonly deploymentEnvironment?: string;
  readonly tokenSubject?: string;
}

/** A subject alternative name of the signing certificate. */
export interface SubjectName {
  readonly type: 'uri' | 'email' | 'dns' | 'other';
  readonly value: string;
}

/** Who signed, as far as cryptography can say. */
export type SignerFacts =
  | { readonly kind: 'key' }
  /** `subject` for people; `thumbprint` is the SHA-256 of the signing certificate in hex. */
  | { readonly kind: 'notation'; readonly subject: string; readonly thumbprint: string }
  | {
      readonly kind: 'certificate';
      readonly names: readonly SubjectName[];
      /** OIDC issuer: extension .8, or .1 where .8 is absent. */
      readonly issuer: string | undefined;
      readonly claims: FulcioClaims;
    };

/** A digest that a statement is about, algorithm in lower case, value in lower-case hex. */
export interface SubjectDigest {
  readonly algorithm: string;
  readonly value: string;
}

/** What was signed. */
export type SignedContent =
  | {
      readonly kind: 'statement';
      readonly predicateType: string;
      readonly subjects: readonly SubjectDigest[];
      /** The predicate as parsed JSON, unvalidated. */
      readonly predicate: unknown;
    }
  | {
      readonly kind: 'simple-signing';
      /** `critical.type`. */
      readonly type: string;
      /** `critical.image.docker-manifest-digest`. */
      readonly manifestDigest: string;
      readonly optional: unknown;
    }
  | { readonly kind: 'message'; readonly digest: SubjectDigest }
  /** The descriptor of a manifest, which is all that a Notary Project signature is over. `digest` as `sha256:...`. */
  | { readonly kind: 'descriptor'; readonly digest: string };

/** The result of verifying one candidate with one verifier. `ok` speaks of cryptography only; who may sign what is the trust policy's to say. */
export type SignatureOutcome =
  | {
      readonly ok: true;
      readonly signer: SignerFacts;
      readonly content: SignedContent;
      /** Trusted times at which the signature existed (log entry or RFC 3161), Unix milliseconds. Empty for key signatures without a log. */
      readonly signedAt: readonly number[];
      /** From when on it has to be verified again, Unix milliseconds: it expires, or rests on an answer about revocation. Absent where it holds for good. */
      readonly holdsUntil?: number;
      readonly checks: readonly Check[];
    }
  | {
      readonly ok: false;
      readonly code: SignatureErrorCode | NotationErrorCode;
      /** Asking again later may give another answer: a revocation responder gave none. */
      readonly mayChange?: true;
      readonly message: string;
      readonly checks: readonly Check[];
    };
