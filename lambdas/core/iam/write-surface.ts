import { ACCOUNT_WRITES } from './writes/account.ts';
import { CREDENTIAL_WRITES } from './writes/credential.ts';
import { DIRECTORY_WRITES } from './writes/directory.ts';
import { FEDERATION_WRITES } from './writes/federation.ts';
import { IDENTITY_CENTER_WRITES } from './writes/identity-center.ts';
import { POLICY_WRITES } from './writes/policy.ts';
import { PRINCIPAL_WRITES } from './writes/principal.ts';
import { ROLES_ANYWHERE_WRITES } from './writes/roles-anywhere.ts';
import { TAG_WRITES } from './writes/tags.ts';
import type { WriteCall } from './writes/write-call.ts';

/**
 * Every call that changes who may do what: IAM, IAM Roles Anywhere, IAM Identity Center and its directories. A test holds the table against the commands of the
 * SDK and the actions that AWS publishes, so that a call that AWS adds is a failing build and not a blind spot.
 */
export const WRITE_SURFACE: readonly WriteCall[] = [
  ...POLICY_WRITES,
  ...PRINCIPAL_WRITES,
  ...CREDENTIAL_WRITES,
  ...FEDERATION_WRITES,
  ...ROLES_ANYWHERE_WRITES,
  ...TAG_WRITES,
  ...ACCOUNT_WRITES,
  ...IDENTITY_CENTER_WRITES,
  ...DIRECTORY_WRITES,
];

const BY_NAME = new Map(WRITE_SURFACE.map((call) => [`${call.eventSource}:${call.eventName}`, call]));

/** The call that a CloudTrail record tells of; undefined for one that reads, or that is not about access. */
export function findWriteCall(eventSource: string, eventName: string): WriteCall | undefined {
  return BY_NAME.get(`${eventSource}:${eventName}`);
}
