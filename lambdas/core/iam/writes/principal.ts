import { GROUP, INSTANCE_PROFILE, listWrites, ROLE, USER, type WriteCall } from './write-call.ts';

const IAM = 'iam.amazonaws.com';
const CREATED_ROLE = ['{response.role.arn}', 'arn:{partition}:iam::{account}:role/{response.role.roleName}'];

/** The life of roles, users and groups, who belongs to them, and instance profiles. */
export const PRINCIPAL_WRITES: readonly WriteCall[] = [
  ...listWrites(IAM, 'principal', [
    {
      eventName: 'CreateRole',
      resources: [ROLE],
      wasNot: ['PutRolePermissionsBoundary', 'DeleteRole'],
      reversibility: 'exact',
      traps: ['quarantine-first', 'delete-order', 'live-sessions'],
    },
    {
      // A role made from a template of AWS; what it may do stands in the template and not in the call.
      eventName: 'AcquireRole',
      resources: [CREATED_ROLE],
      wasNot: ['PutRolePermissionsBoundary', 'DeleteRole'],
      reversibility: 'exact',
      traps: ['quarantine-first', 'delete-order', 'live-sessions'],
    },
    {
      eventName: 'DeleteRole',
      resources: [ROLE],
      wasThere: ['CreateRole'],
      reversibility: 'lossy',
      traps: ['new-unique-id', 'unversioned'],
    },
    { eventName: 'UpdateRole', resources: [ROLE], wasThere: ['UpdateRole'], reversibility: 'exact' },
    { eventName: 'UpdateRoleDescription', resources: [ROLE], wasThere: ['UpdateRole'], reversibility: 'exact' },
    {
      eventName: 'CreateUser',
      resources: [USER],
      wasNot: ['PutUserPermissionsBoundary', 'DeleteUser'],
      reversibility: 'exact',
      traps: ['quarantine-first', 'delete-order'],
    },
    {
      eventName: 'UpdateUser',
      resources: [USER, ['arn:{partition}:iam::{account}:user/{request.newUserName}']],
      wasThere: ['UpdateUser'],
      reversibility: 'exact',
    },
    {
      eventName: 'DeleteUser',
      resources: [USER],
      wasThere: ['CreateUser'],
      reversibility: 'lossy',
      traps: ['new-unique-id', 'unversioned', 'secret-lost'],
    },
    {
      eventName: 'CreateGroup',
      resources: [GROUP],
      wasNot: ['DeleteGroup'],
      reversibility: 'exact',
      traps: ['quarantine-first', 'delete-order'],
    },
    {
      eventName: 'UpdateGroup',
      resources: [GROUP, ['arn:{partition}:iam::{account}:group/{request.newGroupName}']],
      wasThere: ['UpdateGroup'],
      reversibility: 'exact',
    },
    {
      eventName: 'DeleteGroup',
      resources: [GROUP],
      wasThere: ['CreateGroup'],
      reversibility: 'lossy',
      traps: ['new-unique-id', 'unversioned'],
    },
  ]),
  ...listWrites(IAM, 'membership', [
    // Both are changed; the baseline of the user names the groups.
    {
      eventName: 'AddUserToGroup',
      resources: [USER, GROUP],
      wasNot: ['RemoveUserFromGroup'],
      reversibility: 'exact',
    },
    {
      eventName: 'RemoveUserFromGroup',
      resources: [USER, GROUP],
      wasThere: ['AddUserToGroup'],
      reversibility: 'exact',
    },
  ]),
  ...listWrites(IAM, 'instance-profile', [
    {
      eventName: 'CreateInstanceProfile',
      resources: [INSTANCE_PROFILE],
      wasNot: ['DeleteInstanceProfile'],
      reversibility: 'exact',
      traps: ['delete-order'],
    },
    {
      eventName: 'DeleteInstanceProfile',
      resources: [INSTANCE_PROFILE],
      wasThere: ['CreateInstanceProfile'],
      reversibility: 'lossy',
      traps: ['new-unique-id'],
    },
    {
      eventName: 'AddRoleToInstanceProfile',
      resources: [ROLE, INSTANCE_PROFILE],
      wasNot: ['RemoveRoleFromInstanceProfile'],
      reversibility: 'exact',
      traps: ['live-sessions'],
    },
    {
      eventName: 'RemoveRoleFromInstanceProfile',
      resources: [ROLE, INSTANCE_PROFILE],
      wasThere: ['AddRoleToInstanceProfile'],
      reversibility: 'exact',
    },
  ]),
  ...listWrites(IAM, 'service-linked', [
    { eventName: 'CreateServiceLinkedRole', resources: [CREATED_ROLE], reversibility: 'none', traps: ['unmodifiable'] },
    {
      eventName: 'DeleteServiceLinkedRole',
      resources: [ROLE],
      reversibility: 'none',
      traps: ['unmodifiable', 'asynchronous'],
    },
  ]),
];
