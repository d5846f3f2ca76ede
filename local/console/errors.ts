import { CountersignError } from '../../lambdas/core/errors.ts';

/** Why the console was not started or a request not answered. */
export class ConsoleError extends CountersignError<
  'not-loopback' | 'port-taken' | 'bad-request' | 'not-found' | 'forbidden' | 'too-large' | 'wrong-method'
> {}
