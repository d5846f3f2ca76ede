import { SETTINGS, type SettingName } from '../../../core/ledger/calls/settings/index.ts';
import { bucketPolicyAdapter } from './bucket-policy.ts';
import { bucketPublicAccessAdapter } from './bucket-public-access.ts';
import { type ConnectedSetting, connectSetting } from './connect-setting.ts';
import { ebsDefaultEncryptionAdapter } from './ebs-default-encryption.ts';
import { ecrScanOnPushAdapter } from './ecr-scan-on-push.ts';
import { ecrTagMutabilityAdapter } from './ecr-tag-mutability.ts';
import { instanceMetadataTokensAdapter } from './instance-metadata-tokens.ts';
import { kmsRotationAdapter } from './kms-rotation.ts';
import { lambdaConcurrencyAdapter } from './lambda-concurrency.ts';
import { passwordPolicyAdapter } from './password-policy.ts';
import { securityGroupRuleAdapter } from './security-group-rule.ts';
import { snapshotSharingAdapter } from './snapshot-sharing.ts';
import { trailLoggingAdapter } from './trail-logging.ts';

/** How each kind of setting is read and written. A kind without an adapter does not compile. */
export const CONNECTED_SETTINGS: Readonly<Record<SettingName, ConnectedSetting>> = {
  'bucket-public-access': connectSetting(SETTINGS['bucket-public-access'], bucketPublicAccessAdapter),
  'bucket-policy': connectSetting(SETTINGS['bucket-policy'], bucketPolicyAdapter),
  'lambda-concurrency': connectSetting(SETTINGS['lambda-concurrency'], lambdaConcurrencyAdapter),
  'password-policy': connectSetting(SETTINGS['password-policy'], passwordPolicyAdapter),
  'security-group-rule': connectSetting(SETTINGS['security-group-rule'], securityGroupRuleAdapter),
  'ebs-default-encryption': connectSetting(SETTINGS['ebs-default-encryption'], ebsDefaultEncryptionAdapter),
  'instance-metadata-tokens': connectSetting(SETTINGS['instance-metadata-tokens'], instanceMetadataTokensAdapter),
  'snapshot-sharing': connectSetting(SETTINGS['snapshot-sharing'], snapshotSharingAdapter),
  'kms-rotation': connectSetting(SETTINGS['kms-rotation'], kmsRotationAdapter),
  'trail-logging': connectSetting(SETTINGS['trail-logging'], trailLoggingAdapter),
  'ecr-tag-mutability': connectSetting(SETTINGS['ecr-tag-mutability'], ecrTagMutabilityAdapter),
  'ecr-scan-on-push': connectSetting(SETTINGS['ecr-scan-on-push'], ecrScanOnPushAdapter),
};
