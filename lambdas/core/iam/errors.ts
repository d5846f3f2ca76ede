import { CountersignError } from '../errors.ts';

/** What stops a reading of IAM state. `malformed`: IAM itself would refuse the document. `too-large`: beyond every quota of IAM. */
export class IamError extends CountersignError<'malformed' | 'too-large'> {}
