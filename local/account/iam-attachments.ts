import {
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  DetachGroupPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  LimitExceededException,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListEntitiesForPolicyCommand,
} from '@aws-sdk/client-iam';
import { answers, type Operation, refusal } from './answer.ts';
import { takePage } from './iam-pages.ts';
import { changeableRole } from './iam-roles.ts';
import { type IamStore, missing, type StoredGroup, type StoredRole, type StoredUser } from './iam-store.ts';

const MOST = 10;

type Holder = StoredRole | StoredUser | StoredGroup;
const QUOTAS = { role: 'PoliciesPerRole', user: 'PoliciesPerUser', group: 'PoliciesPerGroup' } as const;

/** Managed policies attached to roles, users and groups. */
export function attachmentOperations(store: IamStore): [string, Operation][] {
  const attach = (holder: Holder, arn: string | undefined) => {
    const policy = store.policy(arn);
    if (!holder.attached.has(policy.arn) && holder.attached.size >= MOST) {
      throw refusal(LimitExceededException, `Cannot exceed quota for ${QUOTAS[holder.kind]}: ${MOST}`, 409);
    }
    holder.attached.add(policy.arn);
    return {};
  };
  const detach = (holder: Holder, arn = '') => {
    if (!holder.attached.delete(arn)) throw missing(`Policy ${arn} was not found.`);
    return {};
  };
  const list = (holder: Holder, input: Parameters<typeof takePage>[2]) => {
    const { items, rest } = takePage(holder.attached, (arn) => arn, input);
    return { AttachedPolicies: describeAttached(store, items), ...rest };
  };
  return [
    answers(AttachRolePolicyCommand, (input) => attach(changeableRole(store, input.RoleName), input.PolicyArn)),
    answers(AttachUserPolicyCommand, (input) => attach(store.user(input.UserName), input.PolicyArn)),
    answers(AttachGroupPolicyCommand, (input) => attach(store.group(input.GroupName), input.PolicyArn)),
    answers(DetachRolePolicyCommand, (input) => detach(changeableRole(store, input.RoleName), input.PolicyArn)),
    answers(DetachUserPolicyCommand, (input) => detach(store.user(input.UserName), input.PolicyArn)),
    answers(DetachGroupPolicyCommand, (input) => detach(store.group(input.GroupName), input.PolicyArn)),
    answers(ListAttachedRolePoliciesCommand, (input) => list(store.role(input.RoleName), input)),
    answers(ListAttachedUserPoliciesCommand, (input) => list(store.user(input.UserName), input)),
    answers(ListAttachedGroupPoliciesCommand, (input) => list(store.group(input.GroupName), input)),
    answers(ListEntitiesForPolicyCommand, (input) => {
      const { arn } = store.policy(input.PolicyArn);
      const asBoundary = input.PolicyUsageFilter === 'PermissionsBoundary';
      const holds = (holder: Holder) =>
        asBoundary ? holder.kind !== 'group' && holder.boundary === arn : holder.attached.has(arn);
      const { items, rest } = takePage(
        store.holders().filter(holds),
        (holder) => `${holder.kind}/${holder.name}`,
        input,
      );
      return {
        PolicyRoles: items.flatMap(({ kind, name, id }) => (kind === 'role' ? { RoleName: name, RoleId: id } : [])),
        PolicyUsers: items.flatMap(({ kind, name, id }) => (kind === 'user' ? { UserName: name, UserId: id } : [])),
        PolicyGroups: items.flatMap(({ kind, name, id }) => (kind === 'group' ? { GroupName: name, GroupId: id } : [])),
        ...rest,
      };
    }),
  ];
}

export function describeAttached(store: IamStore, arns: Iterable<string>) {
  return [...arns].map((arn) => ({ PolicyName: store.policy(arn).name, PolicyArn: arn }));
}
