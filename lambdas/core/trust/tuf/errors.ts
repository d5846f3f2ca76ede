import { CountersignError } from '../../errors.ts';

/**
 * Why TUF metadata was not accepted. `unreachable`: the mirror did not answer, which is nobody's attack; all others are refusals.
 */
export type TufErrorCode =
  | 'unreachable'
  | 'misdirected'
  | 'too-large'
  | 'malformed'
  | 'not-signed'
  | 'wrong-version'
  | 'rolled-back'
  | 'expired'
  | 'wrong-content'
  | 'unknown-target'
  | 'unusable-target';

/** Thrown where a mirror or a stored set of metadata does not give a trusted root. Nothing of it is used then. */
export class TufError extends CountersignError<TufErrorCode> {}
