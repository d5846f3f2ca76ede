import {
  DeleteGroupPolicyCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  GetGroupPolicyCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  InvalidInputException,
  ListGroupPoliciesCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { answers, type Operation, refusal } from './answer.ts';
import { checkIdentityPolicy, checkInlineQuota, encodeDocument } from './iam-documents.ts';
import { takePage } from './iam-pages.ts';
import { changeableRole } from './iam-roles.ts';
import { type IamStore, missing, type StoredGroup, type StoredRole, type StoredUser } from './iam-store.ts';

type Holder = StoredRole | StoredUser | StoredGroup;
interface Entry {
  readonly PolicyName?: string | undefined;
  readonly PolicyDocument?: string | undefined;
}

function put(holder: Holder, { PolicyName = '', PolicyDocument }: Entry): object {
  if (!/^[\w+=,.@-]{1,128}$/.test(PolicyName)) {
    throw refusal(InvalidInputException, 'The specified value for policyName is invalid.');
  }
  const document = checkIdentityPolicy(PolicyDocument);
  checkInlineQuota(holder.kind, holder, PolicyName, document);
  holder.inline.set(PolicyName, document);
  return {};
}

function remove(holder: Holder, { PolicyName = '' }: Entry): object {
  read(holder, { PolicyName });
  holder.inline.delete(PolicyName);
  return {};
}

function read(holder: Holder, { PolicyName = '' }: Entry) {
  const document = holder.inline.get(PolicyName);
  if (document === undefined) throw missing(`The ${holder.kind} policy with name ${PolicyName} cannot be found.`);
  return { PolicyName, PolicyDocument: encodeDocument(document) };
}

function list(holder: Holder, input: Parameters<typeof takePage>[2]) {
  const { items, rest } = takePage(holder.inline.keys(), (name) => name, input);
  return { PolicyNames: items, ...rest };
}

/** Inline policies, which have no versions. */
export function inlineOperations(store: IamStore): [string, Operation][] {
  return [
    answers(PutRolePolicyCommand, (input) => put(changeableRole(store, input.RoleName), input)),
    answers(PutUserPolicyCommand, (input) => put(store.user(input.UserName), input)),
    answers(PutGroupPolicyCommand, (input) => put(store.group(input.GroupName), input)),
    answers(DeleteRolePolicyCommand, (input) => remove(changeableRole(store, input.RoleName), input)),
    answers(DeleteUserPolicyCommand, (input) => remove(store.user(input.UserName), input)),
    answers(DeleteGroupPolicyCommand, (input) => remove(store.group(input.GroupName), input)),
    answers(GetRolePolicyCommand, (input) => ({
      RoleName: input.RoleName,
      ...read(store.role(input.RoleName), input),
    })),
    answers(GetUserPolicyCommand, (input) => ({
      UserName: input.UserName,
      ...read(store.user(input.UserName), input),
    })),
    answers(GetGroupPolicyCommand, (input) => ({
      GroupName: input.GroupName,
      ...read(store.group(input.GroupName), input),
    })),
    answers(ListRolePoliciesCommand, (input) => list(store.role(input.RoleName), input)),
    answers(ListUserPoliciesCommand, (input) => list(store.user(input.UserName), input)),
    answers(ListGroupPoliciesCommand, (input) => list(store.group(input.GroupName), input)),
  ];
}
