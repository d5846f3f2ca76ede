import {
  CreateUserCommand,
  DeleteUserCommand,
  DeleteUserPermissionsBoundaryCommand,
  GetUserCommand,
  ListGroupsForUserCommand,
  ListUsersCommand,
  ListUserTagsCommand,
  PutUserPermissionsBoundaryCommand,
  TagUserCommand,
  UntagUserCommand,
  UpdateUserCommand,
  type User,
} from '@aws-sdk/client-iam';
import { answers, type Operation } from './answer.ts';
import { orphanPrincipal } from './iam-documents.ts';
import { describeGroup } from './iam-groups.ts';
import { takePage } from './iam-pages.ts';
import { conflict, describeBoundary } from './iam-roles.ts';
import type { IamStore, StoredGroup, StoredUser } from './iam-store.ts';
import { addTags, listTags, removeTags, tagsOf } from './iam-tags.ts';

/** A user as the API answers it. */
export function describeUser(store: IamStore, user: StoredUser): User & { UserName: string } {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: store.arnOf(user),
    CreateDate: new Date(user.createdAt),
    ...describeBoundary(user.boundary),
    ...(user.tags.size > 0 && { Tags: tagsOf(user.tags) }),
  };
}

export function groupsOf(store: IamStore, user: StoredUser): readonly StoredGroup[] {
  return [...store.groups.values()].filter(({ members }) => members.has(user));
}

/** The life of users, their boundary and tags. */
export function userOperations(store: IamStore): [string, Operation][] {
  return [
    answers(CreateUserCommand, (input) => {
      const user: StoredUser = {
        kind: 'user',
        ...store.claimName(store.users, 'AIDA', 'User', input.UserName, input.Path),
        boundary: input.PermissionsBoundary && store.policy(input.PermissionsBoundary).arn,
        tags: addTags(new Map(), input.Tags),
        inline: new Map(),
        attached: new Set(),
        keys: new Map(),
        sshKeys: new Map(),
        serviceCredentials: new Map(),
        certificates: new Map(),
        devices: new Map(),
        login: undefined,
      };
      store.users.set(user.name.toLowerCase(), user);
      return { User: describeUser(store, user) };
    }),
    answers(GetUserCommand, ({ UserName }) => ({ User: describeUser(store, store.user(UserName)) })),
    answers(ListUsersCommand, (input) => {
      const within = [...store.users.values()].filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'));
      const { items, rest } = takePage(within, ({ name }) => name, input);
      const brief = ({ PermissionsBoundary: _boundary, Tags: _tags, ...user }: User) => user;
      return { Users: items.map((user) => brief(describeUser(store, user))), ...rest };
    }),
    answers(UpdateUserCommand, ({ UserName, NewUserName, NewPath }) => {
      const user = store.user(UserName);
      if (NewUserName !== undefined && NewUserName.toLowerCase() !== user.name.toLowerCase()) {
        store.checkName(store.users, 'User', NewUserName);
      }
      store.users.delete(user.name.toLowerCase());
      user.name = NewUserName ?? user.name;
      user.path = NewPath ?? user.path;
      store.users.set(user.name.toLowerCase(), user);
      return {};
    }),
    answers(DeleteUserCommand, ({ UserName }) => {
      const user = store.user(UserName);
      if (groupsOf(store, user).length > 0) throw conflict('Cannot delete entity, must remove users from group first.');
      if (user.attached.size > 0) throw conflict('Cannot delete entity, must detach all policies first.');
      if (user.inline.size > 0) throw conflict('Cannot delete entity, must delete policies first.');
      if (user.keys.size > 0) throw conflict('Cannot delete entity, must delete access keys first.');
      if (user.login !== undefined) throw conflict('Cannot delete entity, must delete login profile first.');
      if ([user.sshKeys, user.serviceCredentials, user.certificates, user.devices].some(({ size }) => size > 0)) {
        throw conflict('Cannot delete entity, must delete its other credentials first.');
      }
      store.users.delete(user.name.toLowerCase());
      orphanPrincipal(store, store.arnOf(user), user.id);
      return {};
    }),
    answers(PutUserPermissionsBoundaryCommand, ({ UserName, PermissionsBoundary }) => {
      const user = store.user(UserName);
      user.boundary = store.policy(PermissionsBoundary).arn;
      return {};
    }),
    answers(DeleteUserPermissionsBoundaryCommand, ({ UserName }) => {
      store.user(UserName).boundary = undefined;
      return {};
    }),
    answers(TagUserCommand, ({ UserName, Tags }) => {
      addTags(store.user(UserName).tags, Tags);
      return {};
    }),
    answers(UntagUserCommand, ({ UserName, TagKeys }) => {
      removeTags(store.user(UserName).tags, TagKeys);
      return {};
    }),
    answers(ListUserTagsCommand, (input) => listTags(store.user(input.UserName).tags, input)),
    answers(ListGroupsForUserCommand, (input) => {
      const { items, rest } = takePage(groupsOf(store, store.user(input.UserName)), ({ name }) => name, input);
      return { Groups: items.map((group) => describeGroup(store, group)), ...rest };
    }),
  ];
}
