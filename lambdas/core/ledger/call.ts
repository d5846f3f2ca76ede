import { describeEcrCall, type EcrCall, ecrCall } from './calls/ecr.ts';

/** Every call that a plan may hold, as data: a tagged union by `action`. Another service adds one file to `calls/` and a member here. */
export const awsCall = ecrCall;
export type AwsCall = EcrCall;

/** A call in words, as the end of "it would …". */
export function describeCall(call: AwsCall): string {
  return describeEcrCall(call);
}
