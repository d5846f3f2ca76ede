import {
  AddUserToGroupCommand,
  CreateGroupCommand,
  DeleteGroupCommand,
  GetGroupCommand,
  type Group,
  LimitExceededException,
  ListGroupsCommand,
  RemoveUserFromGroupCommand,
  UpdateGroupCommand,
} from '@aws-sdk/client-iam';
import { answers, type Operation, refusal } from './answer.ts';
import { takePage } from './iam-pages.ts';
import { conflict } from './iam-roles.ts';
import { type IamStore, missing, type StoredGroup } from './iam-store.ts';
import { describeUser, groupsOf } from './iam-users.ts';

const MOST_GROUPS = 10;

/** A group as the API answers it. */
export function describeGroup(store: IamStore, group: StoredGroup): Group {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: store.arnOf(group),
    CreateDate: new Date(group.createdAt),
  };
}

/** The life of groups, and who is in them. */
export function groupOperations(store: IamStore): [string, Operation][] {
  return [
    answers(CreateGroupCommand, (input) => {
      const group: StoredGroup = {
        kind: 'group',
        ...store.claimName(store.groups, 'AGPA', 'Group', input.GroupName, input.Path),
        inline: new Map(),
        attached: new Set(),
        members: new Set(),
      };
      store.groups.set(group.name.toLowerCase(), group);
      return { Group: describeGroup(store, group) };
    }),
    answers(GetGroupCommand, (input) => {
      const group = store.group(input.GroupName);
      const { items, rest } = takePage(group.members, ({ name }) => name, input);
      return { Group: describeGroup(store, group), Users: items.map((user) => describeUser(store, user)), ...rest };
    }),
    answers(ListGroupsCommand, (input) => {
      const within = [...store.groups.values()].filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'));
      const { items, rest } = takePage(within, ({ name }) => name, input);
      return { Groups: items.map((group) => describeGroup(store, group)), ...rest };
    }),
    answers(UpdateGroupCommand, ({ GroupName, NewGroupName, NewPath }) => {
      const group = store.group(GroupName);
      if (NewGroupName !== undefined && NewGroupName.toLowerCase() !== group.name.toLowerCase()) {
        store.checkName(store.groups, 'Group', NewGroupName);
      }
      store.groups.delete(group.name.toLowerCase());
      group.name = NewGroupName ?? group.name;
      group.path = NewPath ?? group.path;
      store.groups.set(group.name.toLowerCase(), group);
      return {};
    }),
    answers(DeleteGroupCommand, ({ GroupName }) => {
      const group = store.group(GroupName);
      if (group.members.size > 0) throw conflict('Cannot delete entity, must remove users from group first.');
      if (group.attached.size > 0) throw conflict('Cannot delete entity, must detach all policies first.');
      if (group.inline.size > 0) throw conflict('Cannot delete entity, must delete policies first.');
      store.groups.delete(group.name.toLowerCase());
      return {};
    }),
    answers(AddUserToGroupCommand, ({ GroupName, UserName }) => {
      const [group, user] = [store.group(GroupName), store.user(UserName)];
      if (!group.members.has(user) && groupsOf(store, user).length >= MOST_GROUPS) {
        throw refusal(LimitExceededException, `Cannot exceed quota for GroupsPerUser: ${MOST_GROUPS}`, 409);
      }
      group.members.add(user);
      return {};
    }),
    answers(RemoveUserFromGroupCommand, ({ GroupName, UserName }) => {
      const [group, user] = [store.group(GroupName), store.user(UserName)];
      if (!group.members.delete(user)) throw missing(`User ${UserName} is not in group ${GroupName}.`);
      return {};
    }),
  ];
}
