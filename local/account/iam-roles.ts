import {
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  DeleteConflictException,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  GetRoleCommand,
  InvalidInputException,
  ListRolesCommand,
  ListRoleTagsCommand,
  PutRolePermissionsBoundaryCommand,
  type Role,
  TagRoleCommand,
  UnmodifiableEntityException,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam';
import { answers, type Operation, refusal } from './answer.ts';
import { checkTrustPolicy, encodeDocument, orphanPrincipal } from './iam-documents.ts';
import { takePage } from './iam-pages.ts';
import type { IamStore, StoredRole } from './iam-store.ts';
import { addTags, listTags, removeTags, tagsOf } from './iam-tags.ts';

const SERVICE_LINKED = '/aws-service-role/';

/** A role that may be changed. Throws NoSuchEntity, and UnmodifiableEntity for service-linked roles. */
export function changeableRole(store: IamStore, name: string | undefined): StoredRole {
  const role = store.role(name);
  if (role.path.startsWith(SERVICE_LINKED)) {
    const message = `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`;
    throw refusal(UnmodifiableEntityException, message);
  }
  return role;
}

/** A role as the API answers it. */
export function describeRole(store: IamStore, role: StoredRole): Role {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: store.arnOf(role),
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodeDocument(role.trust),
    ...(role.description !== undefined && { Description: role.description }),
    MaxSessionDuration: role.maxSessionSeconds,
    ...describeBoundary(role.boundary),
    ...(role.tags.size > 0 && { Tags: tagsOf(role.tags) }),
  };
}

export function describeBoundary(boundary: string | undefined) {
  return boundary === undefined
    ? {}
    : {
        PermissionsBoundary: {
          PermissionsBoundaryType: 'PermissionsBoundaryPolicy' as const,
          PermissionsBoundaryArn: boundary,
        },
      };
}

function checkSession(seconds = 3600): number {
  if (!Number.isInteger(seconds) || seconds < 3600 || seconds > 43_200) {
    throw refusal(InvalidInputException, 'The requested DurationSeconds is not between 3600 and 43200.');
  }
  return seconds;
}

/** The life of roles, their trust, boundary and tags. */
export function roleOperations(store: IamStore): [string, Operation][] {
  const add = (role: StoredRole) => {
    store.roles.set(role.name.toLowerCase(), role);
    return { Role: describeRole(store, role) };
  };
  return [
    answers(CreateRoleCommand, (input) => {
      const claimed = store.claimName(store.roles, 'AROA', 'Role', input.RoleName, input.Path);
      return add({
        kind: 'role',
        ...claimed,
        trust: checkTrustPolicy(store, input.AssumeRolePolicyDocument),
        description: input.Description,
        maxSessionSeconds: checkSession(input.MaxSessionDuration),
        boundary: input.PermissionsBoundary && store.policy(input.PermissionsBoundary).arn,
        tags: addTags(new Map(), input.Tags),
        inline: new Map(),
        attached: new Set(),
      });
    }),
    answers(CreateServiceLinkedRoleCommand, ({ AWSServiceName = '', Description, CustomSuffix = '' }) => {
      const [service = ''] = AWSServiceName.split('.');
      const name = `AWSServiceRoleFor${service.slice(0, 1).toUpperCase()}${service.slice(1)}${CustomSuffix && `_${CustomSuffix}`}`;
      const claimed = store.claimName(store.roles, 'AROA', 'Role', name, `${SERVICE_LINKED}${AWSServiceName}/`);
      return add({
        kind: 'role',
        ...claimed,
        trust: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: [AWSServiceName] }, Action: ['sts:AssumeRole'] }],
        }),
        description: Description,
        maxSessionSeconds: 3600,
        boundary: undefined,
        tags: new Map(),
        inline: new Map(),
        attached: new Set(),
      });
    }),
    answers(GetRoleCommand, ({ RoleName }) => ({ Role: describeRole(store, store.role(RoleName)) })),
    answers(ListRolesCommand, (input) => {
      const within = [...store.roles.values()].filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'));
      const { items, rest } = takePage(within, ({ name }) => name, input);
      // Without boundary and tags, as documented for ListRoles.
      const brief = ({ PermissionsBoundary: _boundary, Tags: _tags, ...role }: Role) => role;
      return { Roles: items.map((role) => brief(describeRole(store, role))), ...rest };
    }),
    answers(UpdateRoleCommand, (input) => {
      const role = changeableRole(store, input.RoleName);
      if (input.Description !== undefined) role.description = input.Description;
      if (input.MaxSessionDuration !== undefined) role.maxSessionSeconds = checkSession(input.MaxSessionDuration);
      return {};
    }),
    answers(UpdateRoleDescriptionCommand, ({ RoleName, Description }) => {
      const role = changeableRole(store, RoleName);
      role.description = Description;
      return { Role: describeRole(store, role) };
    }),
    answers(DeleteRoleCommand, ({ RoleName }) => {
      const role = changeableRole(store, RoleName);
      if (role.attached.size > 0) throw conflict('Cannot delete entity, must detach all policies first.');
      if (role.inline.size > 0) throw conflict('Cannot delete entity, must delete policies first.');
      if ([...store.profiles.values()].some((profile) => profile.role === role)) {
        throw conflict('Cannot delete entity, must remove roles from instance profile first.');
      }
      store.roles.delete(role.name.toLowerCase());
      orphanPrincipal(store, store.arnOf(role), role.id);
      return {};
    }),
    answers(UpdateAssumeRolePolicyCommand, ({ RoleName, PolicyDocument }) => {
      const role = changeableRole(store, RoleName);
      role.trust = checkTrustPolicy(store, PolicyDocument);
      return {};
    }),
    answers(PutRolePermissionsBoundaryCommand, ({ RoleName, PermissionsBoundary }) => {
      const role = changeableRole(store, RoleName);
      role.boundary = store.policy(PermissionsBoundary).arn;
      return {};
    }),
    answers(DeleteRolePermissionsBoundaryCommand, ({ RoleName }) => {
      changeableRole(store, RoleName).boundary = undefined;
      return {};
    }),
    answers(TagRoleCommand, ({ RoleName, Tags }) => {
      addTags(changeableRole(store, RoleName).tags, Tags);
      return {};
    }),
    answers(UntagRoleCommand, ({ RoleName, TagKeys }) => {
      removeTags(changeableRole(store, RoleName).tags, TagKeys);
      return {};
    }),
    answers(ListRoleTagsCommand, (input) => listTags(store.role(input.RoleName).tags, input)),
  ];
}

export function conflict(message: string): DeleteConflictException {
  return refusal(DeleteConflictException, message, 409);
}
