import { bucketPolicy } from './bucket-policy.ts';
import { bucketPublicAccess } from './bucket-public-access.ts';
import { ebsDefaultEncryption } from './ebs-default-encryption.ts';
import { ecrScanOnPush } from './ecr-scan-on-push.ts';
import { ecrTagMutability } from './ecr-tag-mutability.ts';
import { instanceMetadataTokens } from './instance-metadata-tokens.ts';
import { kmsRotation } from './kms-rotation.ts';
import { lambdaConcurrency } from './lambda-concurrency.ts';
import { passwordPolicy } from './password-policy.ts';
import { securityGroupRule } from './security-group-rule.ts';
import { snapshotSharing } from './snapshot-sharing.ts';
import { trailLogging } from './trail-logging.ts';

/** Every kind of setting that a plan may change. Another one is a file of its own and a line here; the compiler then asks for its adapter. */
export const SETTINGS = {
  'bucket-public-access': bucketPublicAccess,
  'bucket-policy': bucketPolicy,
  'lambda-concurrency': lambdaConcurrency,
  'security-group-rule': securityGroupRule,
  'password-policy': passwordPolicy,
  'ebs-default-encryption': ebsDefaultEncryption,
  'instance-metadata-tokens': instanceMetadataTokens,
  'snapshot-sharing': snapshotSharing,
  'kms-rotation': kmsRotation,
  'trail-logging': trailLogging,
  'ecr-tag-mutability': ecrTagMutability,
  'ecr-scan-on-push': ecrScanOnPush,
} as const;

export type SettingName = keyof typeof SETTINGS;

export function isSettingName(text: unknown): text is SettingName {
  return typeof text === 'string' && Object.hasOwn(SETTINGS, text);
}

/** Every API action by which a plan may change a setting. */
export type SettingAction = (typeof SETTINGS)[SettingName]['actions'][number];

const ACTIONS: ReadonlySet<string> = new Set(Object.values(SETTINGS).flatMap(({ actions }) => [...actions]));

export function isSettingAction(text: unknown): text is SettingAction {
  return typeof text === 'string' && ACTIONS.has(text);
}
