import { CountersignError } from '../errors.ts';

/**
 * What stops a reading of IAM state. `malformed`: IAM itself would refuse or never answer it. `too-large`: beyond every quota of IAM.
 * `incomplete`: an answer that tells of more than it holds.
 */
export class IamError extends CountersignError<'malformed' | 'too-large' | 'incomplete'> {}
