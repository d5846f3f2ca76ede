/** The answers to faults of configuration that there are, by the names that `config.playbooks` has for them. */
export const PLAYBOOK_NAMES = [
  's3-public-access',
  's3-tls-only',
  'security-group-open',
  'default-security-group',
  'ebs-default-encryption',
  'instance-metadata',
  'snapshot-public',
  'kms-rotation',
  'trail-stopped',
  'ecr-immutable-tags',
  'ecr-scanning',
  'password-policy',
] as const;
export type PlaybookName = (typeof PLAYBOOK_NAMES)[number];
