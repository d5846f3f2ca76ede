import { SETTINGS, type SettingName } from '../../../core/ledger/calls/settings/index.ts';
import { bucketPublicAccessAdapter } from './bucket-public-access.ts';
import { type ConnectedSetting, connectSetting } from './connect-setting.ts';
import { lambdaConcurrencyAdapter } from './lambda-concurrency.ts';

/** How each kind of setting is read and written. A kind without an adapter does not compile. */
export const CONNECTED_SETTINGS: Readonly<Record<SettingName, ConnectedSetting>> = {
  'bucket-public-access': connectSetting(SETTINGS['bucket-public-access'], bucketPublicAccessAdapter),
  'lambda-concurrency': connectSetting(SETTINGS['lambda-concurrency'], lambdaConcurrencyAdapter),
};
