import type { ResourceDetails } from '../findings/drift-finding.ts';
import type { LiveState } from './live-state.ts';

/** Entries of a list in a finding (ASFF takes more; a reader does not). */
const MOST = 20;

/** A principal or policy as Security Hub shows resources of its kind (ASFF syntax, `AwsIamRole` and its likes). */
export function describeResource(live: LiveState): ResourceDetails {
  if (live.kind === 'policy') return { AwsIamPolicy: { PolicyName: live.name, Path: live.path } };
  const AttachedManagedPolicies = live.attached
    .slice(0, MOST)
    .map((arn) => ({ PolicyArn: arn, PolicyName: arn.split('/').at(-1) || arn }));
  const inline = live.inline.slice(0, MOST).map(({ name }) => ({ PolicyName: name }));
  const shared = { Path: live.path, AttachedManagedPolicies };
  const boundary =
    live.kind !== 'group' && live.boundary !== undefined
      ? { PermissionsBoundary: { PermissionsBoundaryArn: live.boundary, PermissionsBoundaryType: 'Policy' as const } }
      : {};
  switch (live.kind) {
    case 'role':
      return {
        AwsIamRole: {
          RoleName: live.name,
          ...shared,
          AssumeRolePolicyDocument: live.trust,
          RolePolicyList: inline,
          ...boundary,
        },
      };
    case 'user':
      return {
        AwsIamUser: {
          UserName: live.name,
          ...shared,
          UserPolicyList: inline,
          GroupList: [...live.groups],
          ...boundary,
        },
      };
    case 'group':
      return { AwsIamGroup: { GroupName: live.name, ...shared, GroupPolicyList: inline } };
  }
}
