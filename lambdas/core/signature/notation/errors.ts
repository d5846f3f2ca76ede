import { CountersignError } from '../../errors.ts';
import { SignatureError } from '../errors.ts';

/**
 * Why a Notary Project signature, or the configuration it is verified with, was not accepted.
 * - form: `malformed`, `unsupported`, `too-large`, `bad-header`, `missing-critical-header`, `unknown-critical-header`, `plugin-required`
 * - integrity: `algorithm-mismatch`, `bad-signature`, `bad-payload`, `subject-mismatch`, `metadata-mismatch`, `bad-certificate-chain`, `certificate-usage`
 * - authenticity: `untrusted-certificate`, `untrusted-identity`
 * - time: `signature-expired`, `certificate-not-valid`, `no-timestamp`, `bad-timestamp`
 * - revocation: `revoked`, `revocation-unknown`
 * - configuration: `bad-trust-policy`, `bad-trust-store`, `no-applicable-policy`
 */
export type NotationErrorCode =
  | 'malformed'
  | 'unsupported'
  | 'too-large'
  | 'bad-header'
  | 'missing-critical-header'
  | 'unknown-critical-header'
  | 'plugin-required'
  | 'algorithm-mismatch'
  | 'bad-signature'
  | 'bad-payload'
  | 'subject-mismatch'
  | 'metadata-mismatch'
  | 'bad-certificate-chain'
  | 'certificate-usage'
  | 'untrusted-certificate'
  | 'untrusted-identity'
  | 'signature-expired'
  | 'certificate-not-valid'
  | 'no-timestamp'
  | 'bad-timestamp'
  | 'revoked'
  | 'revocation-unknown'
  | 'bad-trust-policy'
  | 'bad-trust-store'
  | 'no-applicable-policy';

/** Thrown inside `notation/`; `verifyNotationSignature` turns it into an outcome, the readers of configuration let it through. */
export class NotationError extends CountersignError<NotationErrorCode> {}

/** What was thrown as a NotationError: those of DER and X.509 under their own code where it exists here. Anything else is a fault of ours and is thrown again. */
export function asNotationError(thrown: unknown, fallback: NotationErrorCode): NotationError {
  if (thrown instanceof NotationError) return thrown;
  if (!(thrown instanceof SignatureError)) throw thrown;
  const { code, message } = thrown;
  const kept = code === 'malformed' || code === 'unsupported' || code === 'too-large' || code === 'bad-timestamp';
  return new NotationError(kept ? code : fallback, message, { cause: thrown });
}
