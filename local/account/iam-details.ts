import {
  GetAccountAuthorizationDetailsCommand,
  type GroupDetail,
  type ManagedPolicyDetail,
  type RoleDetail,
  type UserDetail,
} from '@aws-sdk/client-iam';
import { answers, type Operation } from './answer.ts';
import { describeAttached } from './iam-attachments.ts';
import { encodeDocument } from './iam-documents.ts';
import { describeGroup } from './iam-groups.ts';
import { takePage } from './iam-pages.ts';
import { countAttachments, countBoundaries, describePolicy, describeVersion } from './iam-policies.ts';
import { describeProfile, profilesOf } from './iam-profiles.ts';
import { describeRole } from './iam-roles.ts';
import type { IamStore, StoredGroup, StoredHolder, StoredPolicy, StoredRole, StoredUser } from './iam-store.ts';
import { describeUser, groupsOf } from './iam-users.ts';

type Item = StoredUser | StoredGroup | StoredRole | (StoredPolicy & { readonly kind: 'policy' });

/** `GetAccountAuthorizationDetails`: all of IAM in pages, users first, then groups, roles and policies. */
export function detailOperations(store: IamStore): [string, Operation][] {
  return [
    answers(GetAccountAuthorizationDetailsCommand, (input) => {
      const wanted = listItems(store).filter(
        (item) => !input.Filter?.length || input.Filter.some((one) => one === filterOf(item)),
      );
      const { items, rest } = takePage(wanted, orderOf, input);
      return {
        UserDetailList: items.flatMap((item) => (item.kind === 'user' ? describeUserDetail(store, item) : [])),
        GroupDetailList: items.flatMap((item) => (item.kind === 'group' ? describeGroupDetail(store, item) : [])),
        RoleDetailList: items.flatMap((item) => (item.kind === 'role' ? describeRoleDetail(store, item) : [])),
        Policies: items.flatMap((item) => (item.kind === 'policy' ? describePolicyDetail(store, item) : [])),
        ...rest,
      };
    }),
  ];
}

/** Of the policies of AWS those that somebody has. */
function listItems(store: IamStore): readonly Item[] {
  const policies = [...store.policies.values()].filter(
    (policy) => !policy.arn.includes('::aws:') || countAttachments(store, policy) + countBoundaries(store, policy) > 0,
  );
  return [...store.holders(), ...policies.map((policy) => ({ ...policy, kind: 'policy' as const }))];
}

function filterOf(item: Item): string {
  if (item.kind !== 'policy') return { user: 'User', group: 'Group', role: 'Role' }[item.kind];
  return item.arn.includes('::aws:') ? 'AWSManagedPolicy' : 'LocalManagedPolicy';
}

function orderOf(item: Item): string {
  const rank = { user: 1, group: 2, role: 3, policy: 4 }[item.kind];
  return `${rank}/${item.kind === 'policy' ? item.arn : item.name}`;
}

function describeInline({ inline }: StoredHolder) {
  return [...inline].map(([PolicyName, document]) => ({ PolicyName, PolicyDocument: encodeDocument(document) }));
}

function describeUserDetail(store: IamStore, user: StoredUser): UserDetail {
  return {
    ...describeUser(store, user),
    UserPolicyList: describeInline(user),
    GroupList: groupsOf(store, user).map(({ name }) => name),
    AttachedManagedPolicies: describeAttached(store, user.attached),
  };
}

function describeGroupDetail(store: IamStore, group: StoredGroup): GroupDetail {
  return {
    ...describeGroup(store, group),
    GroupPolicyList: describeInline(group),
    AttachedManagedPolicies: describeAttached(store, group.attached),
  };
}

function describeRoleDetail(store: IamStore, role: StoredRole): RoleDetail {
  const { MaxSessionDuration: _session, Description: _description, ...described } = describeRole(store, role);
  return {
    ...described,
    InstanceProfileList: profilesOf(store, role).map((profile) => describeProfile(store, profile)),
    RolePolicyList: describeInline(role),
    AttachedManagedPolicies: describeAttached(store, role.attached),
    RoleLastUsed: {},
  };
}

function describePolicyDetail(store: IamStore, policy: StoredPolicy): ManagedPolicyDetail {
  return {
    ...describePolicy(store, policy),
    PolicyVersionList: [...policy.versions.values()].toReversed().map((version) => ({
      ...describeVersion(policy, version),
      Document: encodeDocument(version.document),
    })),
  };
}
