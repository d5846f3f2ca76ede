import { PLAYBOOK_NAMES, type PlaybookName } from '../../playbook-names.ts';
import type { Playbook } from './define-playbook.ts';
import { s3PublicAccess } from './s3-public-access.ts';

/** Every playbook. Another one is a file beside this, a line here and its name for the configuration. */
export const PLAYBOOKS: Readonly<Record<PlaybookName, Playbook>> = {
  's3-public-access': s3PublicAccess,
};

/** The playbook that a Config rule calls for, by its managed name. What it does it decides from the state alone: a rule that lies about its name only makes it look. */
export function findPlaybook(rule: string, resourceType: string): PlaybookName | undefined {
  return PLAYBOOK_NAMES.find(
    (name) => PLAYBOOKS[name].resourceType === resourceType && PLAYBOOKS[name].rules.includes(rule),
  );
}
