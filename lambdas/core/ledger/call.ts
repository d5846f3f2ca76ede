import { z } from 'zod';
import { describeEcrCall, type EcrCall, ecrCall } from './calls/ecr.ts';
import { describeIamCall, type IamCall, iamCall } from './calls/iam.ts';
import { describeSettingCall, type SettingCall, settingCall } from './calls/setting.ts';

/** Every call that a plan may hold, as data. Another service adds one file to `calls/` and a member here. */
export const awsCall = z.union([ecrCall, iamCall, settingCall]);
export type AwsCall = EcrCall | IamCall | SettingCall;

/** A call in words, as the end of "it would …". */
export function describeCall(call: AwsCall): string {
  if (isSettingCall(call)) return describeSettingCall(call);
  return isIamCall(call) ? describeIamCall(call) : describeEcrCall(call);
}

/** Whether a call sets a slot of IAM. */
export function isIamCall(call: AwsCall): call is IamCall {
  return 'slot' in call;
}

/** Whether a call sets a setting. */
export function isSettingCall(call: AwsCall): call is SettingCall {
  return 'setting' in call;
}
