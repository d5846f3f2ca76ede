import { z } from 'zod';
import { accountId, regionName } from '../../aws-names.ts';
import { isSettingAction, isSettingName, SETTINGS, type SettingAction, type SettingName } from './settings/index.ts';

/** Longest canonical text of a setting: a bucket policy has at most 20 KB (S3 User Guide, "Bucket policies"). */
const LONGEST_CONTENT = 32_768;

const content = z.string().min(1).max(LONGEST_CONTENT).nullable();

/**
 * A call that sets one setting of one target from one content to another. Both are canonical JSON texts, `null` where the setting is absent. `from` is the state
 * that the plan was made from, and in another one the call is not made; with the two exchanged it is its own inverse.
 */
export interface SettingCall {
  /** The API action, which follows from the rest. */
  readonly action: SettingAction;
  readonly setting: SettingName;
  readonly account: string;
  readonly region: string;
  /** What holds the setting, as its API names it. */
  readonly target: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** A call without what follows from the rest. */
export type SettingChange = Omit<SettingCall, 'action'>;

/** Where a setting stands. */
export type SettingPlace = Pick<SettingCall, 'account' | 'region' | 'target'>;

export const settingCall: z.ZodType<SettingCall> = z
  .strictObject({
    action: z.string().refine(isSettingAction, 'no action that sets a setting'),
    setting: z.string().refine(isSettingName, { error: 'no setting that a plan may change', abort: true }),
    account: accountId,
    region: regionName,
    target: z.string().min(1).max(512),
    from: content,
    to: content,
  })
  .refine(({ setting, target }) => SETTINGS[setting].target.test(target), 'the setting is not one of this target')
  .refine(({ setting, from }) => SETTINGS[setting].fromText(from) !== undefined, '"from" is no content of the setting')
  .refine(({ setting, to }) => SETTINGS[setting].fromText(to) !== undefined, '"to" is no content of the setting')
  .refine(({ setting, from, to }) => SETTINGS[setting].canLead(from, to), 'no call leads from one to the other')
  .refine((one) => one.action === actionOf(one), 'the action is not that of the setting');

/** Completes a call. Throws a ZodError where it is not one that a plan may hold. */
export function toSettingCall(change: SettingChange): SettingCall {
  return settingCall.parse({ ...change, action: actionOf(change) });
}

/** The call that takes a call back. */
export function invertSettingCall({ action: _action, ...call }: SettingCall): SettingCall {
  return toSettingCall({ ...call, from: call.to, to: call.from });
}

/** A call in words, as the end of "it would …". */
export function describeSettingCall({ setting, target, to }: SettingCall): string {
  return SETTINGS[setting].explain(target, to)?.words ?? `change ${setting} of ${target}`;
}

function actionOf({ setting, target, to }: SettingChange): SettingAction | undefined {
  return SETTINGS[setting].explain(target, to)?.action;
}
