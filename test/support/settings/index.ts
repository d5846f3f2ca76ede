import { isSettingName, type SettingName } from '../../../lambdas/core/ledger/calls/settings/index.ts';
import { bucketPublicAccessCase } from './bucket-public-access.ts';
import { lambdaConcurrencyCase } from './lambda-concurrency.ts';
import type { SettingCase } from './setting-case.ts';

/** Every kind of setting, so that none is without the tests that all of them share. */
export const SETTING_CASES: Readonly<Record<SettingName, SettingCase>> = {
  'bucket-public-access': bucketPublicAccessCase,
  'lambda-concurrency': lambdaConcurrencyCase,
};

export const SETTING_NAMES: readonly SettingName[] = Object.keys(SETTING_CASES).filter(isSettingName);
