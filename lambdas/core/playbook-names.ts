/** The answers to faults of configuration that there are, by the names that `config.playbooks` has for them. */
export const PLAYBOOK_NAMES = ['s3-public-access'] as const;
export type PlaybookName = (typeof PLAYBOOK_NAMES)[number];
