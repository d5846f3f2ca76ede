import { isSettingName, SETTINGS, type SettingName } from '../../../lambdas/core/ledger/calls/settings/index.ts';
import { bucketPolicyCase } from './bucket-policy.ts';
import { bucketPublicAccessCase } from './bucket-public-access.ts';
import { ebsDefaultEncryptionCase } from './ebs-default-encryption.ts';
import { ecrScanOnPushCase } from './ecr-scan-on-push.ts';
import { ecrTagMutabilityCase } from './ecr-tag-mutability.ts';
import { instanceMetadataTokensCase } from './instance-metadata-tokens.ts';
import { kmsRotationCase } from './kms-rotation.ts';
import { lambdaConcurrencyCase } from './lambda-concurrency.ts';
import { passwordPolicyCase } from './password-policy.ts';
import { securityGroupRuleCase } from './security-group-rule.ts';
import type { SettingCase } from './setting-case.ts';
import { snapshotSharingCase } from './snapshot-sharing.ts';
import { trailLoggingCase } from './trail-logging.ts';

/** Every kind of setting, so that none is without the tests that all of them share. */
export const SETTING_CASES: Readonly<Record<SettingName, SettingCase>> = {
  'bucket-public-access': bucketPublicAccessCase,
  'bucket-policy': bucketPolicyCase,
  'lambda-concurrency': lambdaConcurrencyCase,
  'security-group-rule': securityGroupRuleCase,
  'password-policy': passwordPolicyCase,
  'ebs-default-encryption': ebsDefaultEncryptionCase,
  'instance-metadata-tokens': instanceMetadataTokensCase,
  'snapshot-sharing': snapshotSharingCase,
  'kms-rotation': kmsRotationCase,
  'trail-logging': trailLoggingCase,
  'ecr-tag-mutability': ecrTagMutabilityCase,
  'ecr-scan-on-push': ecrScanOnPushCase,
};

/** Every change of a setting that one call can make, between the contents of its case. */
export function pairsOf(setting: SettingName): readonly { readonly from: string | null; readonly to: string | null }[] {
  const { contents } = SETTING_CASES[setting];
  const pairs = contents.flatMap((from) => contents.map((to) => ({ from, to })));
  return pairs.filter(({ from, to }) => SETTINGS[setting].canLead(from, to));
}

export const SETTING_NAMES: readonly SettingName[] = Object.keys(SETTING_CASES).filter(isSettingName);
