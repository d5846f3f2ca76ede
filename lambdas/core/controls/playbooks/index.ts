import { PLAYBOOK_NAMES, type PlaybookName } from '../../playbook-names.ts';
import { defaultSecurityGroup } from './default-security-group.ts';
import type { Playbook } from './define-playbook.ts';
import { ebsDefaultEncryptionPlaybook } from './ebs-default-encryption.ts';
import { ecrImmutableTags } from './ecr-immutable-tags.ts';
import { ecrScanning } from './ecr-scanning.ts';
import { instanceMetadata } from './instance-metadata.ts';
import { kmsRotationPlaybook } from './kms-rotation.ts';
import { passwordPolicyPlaybook } from './password-policy.ts';
import { s3PublicAccess } from './s3-public-access.ts';
import { s3TlsOnly } from './s3-tls-only.ts';
import { securityGroupOpen } from './security-group-open.ts';
import { snapshotPublic } from './snapshot-public.ts';
import { trailStopped } from './trail-stopped.ts';

/** Every playbook. Another one is a file beside this, a line here and its name for the configuration. */
export const PLAYBOOKS: Readonly<Record<PlaybookName, Playbook>> = {
  's3-public-access': s3PublicAccess,
  's3-tls-only': s3TlsOnly,
  'security-group-open': securityGroupOpen,
  'default-security-group': defaultSecurityGroup,
  'ebs-default-encryption': ebsDefaultEncryptionPlaybook,
  'instance-metadata': instanceMetadata,
  'snapshot-public': snapshotPublic,
  'kms-rotation': kmsRotationPlaybook,
  'trail-stopped': trailStopped,
  'ecr-immutable-tags': ecrImmutableTags,
  'ecr-scanning': ecrScanning,
  'password-policy': passwordPolicyPlaybook,
};

/** The playbook that a Config rule calls for, by its managed name. What it does it decides from the state alone: a rule that lies about its name only makes it look. */
export function findPlaybook(rule: string, resourceType: string): PlaybookName | undefined {
  return PLAYBOOK_NAMES.find(
    (name) => PLAYBOOKS[name].resourceType === resourceType && PLAYBOOKS[name].rules.includes(rule),
  );
}
