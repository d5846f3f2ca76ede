import { CountersignError } from '../../lambdas/core/errors.ts';

/** What the embedded account refuses because it does not have it, as opposed to what AWS refuses (that is thrown as the SDK's own exception). */
export class EmbeddedAccountError extends CountersignError<
  | 'unsupported-command'
  | 'unsupported-input'
  | 'refused-address'
  | 'bad-template'
  | 'unsupported-template'
  | 'bad-event'
  | 'bad-handler'
  | 'not-embedded'
> {}
