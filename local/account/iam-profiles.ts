import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  DeleteInstanceProfileCommand,
  GetInstanceProfileCommand,
  type InstanceProfile,
  LimitExceededException,
  ListInstanceProfilesForRoleCommand,
  RemoveRoleFromInstanceProfileCommand,
} from '@aws-sdk/client-iam';
import { answers, type Operation, refusal } from './answer.ts';
import { takePage } from './iam-pages.ts';
import { conflict, describeRole } from './iam-roles.ts';
import { type IamStore, missing, type StoredProfile, type StoredRole } from './iam-store.ts';

/** An instance profile as the API answers it. */
export function describeProfile(store: IamStore, profile: StoredProfile): InstanceProfile {
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: store.profileArn(profile),
    CreateDate: new Date(profile.createdAt),
    Roles: profile.role === undefined ? [] : [describeRole(store, profile.role)],
  };
}

export function profilesOf(store: IamStore, role: StoredRole): readonly StoredProfile[] {
  return [...store.profiles.values()].filter((profile) => profile.role === role);
}

/** Instance profiles, each with at most one role. */
export function profileOperations(store: IamStore): [string, Operation][] {
  return [
    answers(CreateInstanceProfileCommand, (input) => {
      const claimed = store.claimName(
        store.profiles,
        'AIPA',
        'Instance Profile',
        input.InstanceProfileName,
        input.Path,
      );
      const profile: StoredProfile = { ...claimed, role: undefined };
      store.profiles.set(profile.name.toLowerCase(), profile);
      return { InstanceProfile: describeProfile(store, profile) };
    }),
    answers(GetInstanceProfileCommand, ({ InstanceProfileName }) => ({
      InstanceProfile: describeProfile(store, store.profile(InstanceProfileName)),
    })),
    answers(DeleteInstanceProfileCommand, ({ InstanceProfileName }) => {
      const profile = store.profile(InstanceProfileName);
      if (profile.role !== undefined)
        throw conflict('Cannot delete entity, must remove roles from instance profile first.');
      store.profiles.delete(profile.name.toLowerCase());
      return {};
    }),
    answers(AddRoleToInstanceProfileCommand, ({ InstanceProfileName, RoleName }) => {
      const profile = store.profile(InstanceProfileName);
      const role = store.role(RoleName);
      if (profile.role !== undefined) {
        throw refusal(LimitExceededException, 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1', 409);
      }
      profile.role = role;
      return {};
    }),
    answers(RemoveRoleFromInstanceProfileCommand, ({ InstanceProfileName, RoleName }) => {
      const profile = store.profile(InstanceProfileName);
      if (profile.role === undefined || profile.role.name !== RoleName) {
        throw missing(`The role with name ${RoleName} cannot be found in the instance profile.`);
      }
      profile.role = undefined;
      return {};
    }),
    answers(ListInstanceProfilesForRoleCommand, (input) => {
      const { items, rest } = takePage(profilesOf(store, store.role(input.RoleName)), ({ name }) => name, input);
      return { InstanceProfiles: items.map((profile) => describeProfile(store, profile)), ...rest };
    }),
  ];
}
