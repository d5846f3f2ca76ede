import type { Reason } from '../../errors.ts';
import type { Difference } from '../baseline/compare-states.ts';
import type { LiveState } from '../live-state.ts';
import { matchesWildcard } from '../wildcard.ts';

/** What the service never changes, besides what the operator protects. */
export interface Protected {
  /** ARN patterns of the operator: break-glass roles, the deployer. `*` and `?` as in IAM. */
  readonly principals: readonly string[];
  /** ARNs of the service's own roles: it cannot touch itself. */
  readonly own: readonly string[];
}

/**
 * Why a principal or policy is beyond automatic change: AWS refuses it or owns it (service-linked roles, IAM User Guide "Using service-linked roles";
 * `AWSReservedSSO_*`, edited through Identity Center only; roles of Control Tower and StackSets), it is the service's own, or the operator protects it.
 */
export function findProtection(
  { arn, path, name }: Pick<LiveState, 'arn' | 'path' | 'name'>,
  { principals, own }: Protected,
): Reason | undefined {
  if (path.startsWith('/aws-service-role/'))
    return protect('service-linked', 'a service-linked role, which only its service changes');
  if (path.startsWith('/aws-reserved/') || name.startsWith('AWSReservedSSO_')) {
    return protect('identity-center', 'a role of Identity Center, which is changed there');
  }
  if (
    name.startsWith('AWSControlTower') ||
    /^stacksets-exec-[0-9a-f]+$/.test(name) ||
    name === 'AWSCloudFormationStackSetExecutionRole'
  ) {
    return protect('landing-zone', 'a role of Control Tower or StackSets');
  }
  if (name === 'OrganizationAccountAccessRole')
    return protect('organization', "the organization's way into the account");
  if (own.includes(arn)) return protect('own', 'a role of Countersign itself');
  if (principals.some((pattern) => matchesWildcard(pattern, arn)))
    return protect('protected', 'protected by the configuration');
  return undefined;
}

function protect(code: string, what: string): Reason {
  return { code, message: `It is ${what}: Countersign does not change it.` };
}

/** AWS attaches these to what it believes to be compromised, and says not to remove them. They are a sign of an incident, not drift to undo. */
export function isAwsQuarantine({ part, change, name = '' }: Difference): boolean {
  return (
    part === 'attached' && change === 'added' && /^arn:[a-z-]+:iam::aws:policy\/AWSCompromisedKeyQuarantine/.test(name)
  );
}
