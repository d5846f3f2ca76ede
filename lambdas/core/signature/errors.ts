import { CountersignError } from '../errors.ts';

/** Why a signature was not accepted. `malformed` and `unsupported` are about its form, the rest about what it claims. */
export type SignatureErrorCode =
  | 'malformed'
  | 'unsupported'
  | 'too-large'
  | 'no-signature'
  | 'bad-signature'
  | 'wrong-material'
  | 'untrusted-certificate'
  | 'certificate-expired'
  | 'certificate-usage'
  | 'no-certificate-timestamp'
  | 'bad-certificate-timestamp'
  | 'no-log-entry'
  | 'bad-log-entry'
  | 'log-entry-mismatch'
  | 'untrusted-log'
  | 'bad-inclusion-proof'
  | 'no-signed-time'
  | 'bad-timestamp'
  | 'content-mismatch'
  | 'trust-root-unusable';

/** Thrown inside the engine; `verifySignature` turns it into a failed outcome. */
export class SignatureError extends CountersignError<SignatureErrorCode> {}
