import { z } from 'zod';
import { describeEcrCall, type EcrCall, ecrCall } from './calls/ecr.ts';
import { describeIamCall, type IamCall, iamCall } from './calls/iam.ts';

/** Every call that a plan may hold, as data, told apart by `action`. Another service adds one file to `calls/` and a member here. */
export const awsCall = z.union([ecrCall, iamCall]);
export type AwsCall = EcrCall | IamCall;

/** A call in words, as the end of "it would …". */
export function describeCall(call: AwsCall): string {
  return isIamCall(call) ? describeIamCall(call) : describeEcrCall(call);
}

/** Whether a call goes to IAM. */
export function isIamCall(call: AwsCall): call is IamCall {
  return call.action.startsWith('iam:');
}
