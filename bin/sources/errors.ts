import { CountersignError } from '../../lambdas/core/errors.ts';
import type { ReadFailure } from '../../lambdas/core/images/source.ts';

/**
 * Why an artifact could not be opened.
 * - `bad-reference`: the text is no reference. `bad-credentials`: the Docker configuration cannot be used.
 * - `not-found`, `denied`, `unreachable`: what the registry or the folder said. `ambiguous`: several images, and none was named.
 * - `malformed`: the layout, the manifest or an answer is not what it should be. `too-large`: beyond a bound.
 */
export type SourceErrorCode =
  | 'bad-reference'
  | 'bad-credentials'
  | 'not-found'
  | 'denied'
  | 'unreachable'
  | 'ambiguous'
  | 'malformed'
  | 'too-large';

export class SourceError extends CountersignError<SourceErrorCode> {}

const CODES = {
  'not-found': 'not-found',
  'too-large': 'too-large',
  'digest-mismatch': 'malformed',
  malformed: 'malformed',
  denied: 'denied',
  transient: 'unreachable',
} as const satisfies Record<ReadFailure['code'], SourceErrorCode>;

/** The error of a failed read that nothing can go on without. */
export function toSourceError(failure: ReadFailure): SourceError {
  return new SourceError(CODES[failure.code], failure.message);
}
