import { listWrites, type WriteCall } from './write-call.ts';

const STORE = [
  'arn:{partition}:identitystore::{account}:identitystore/{request.identityStoreId}',
  'arn:{partition}:iam::{account}:root',
];
const GROUP = ['arn:{partition}:identitystore:::group/{request.groupId}', ...STORE];
const USER = ['arn:{partition}:identitystore:::user/{request.userId}', ...STORE];
const MEMBER = ['arn:{partition}:identitystore:::user/{request.memberId}', ...STORE];
const MEMBER_OF_API = ['arn:{partition}:identitystore:::user/{request.memberId.userId}'];
const MEMBERSHIP = ['arn:{partition}:identitystore:::membership/{request.membershipId}', ...STORE];

const REGIONAL: WriteCall['traps'] = ['regional'];
const NEW_ID: WriteCall['traps'] = ['regional', 'new-unique-id'];
const NEVER = { reversibility: 'none' as const, traps: REGIONAL };

/** The directory of IAM Identity Center: its users, groups and outside identity providers, as the console (sso-directory) and the API (identitystore) write it. */
export const DIRECTORY_WRITES: readonly WriteCall[] = [
  ...listWrites('sso-directory.amazonaws.com', 'directory', [
    {
      eventName: 'AddMemberToGroup',
      resources: [GROUP, MEMBER],
      wasNot: ['RemoveMemberFromGroup'],
      reversibility: 'exact',
      traps: ['regional', 'live-sessions'],
    },
    {
      eventName: 'RemoveMemberFromGroup',
      resources: [GROUP, MEMBER],
      wasThere: ['AddMemberToGroup'],
      reversibility: 'exact',
      traps: REGIONAL,
    },
    { eventName: 'CreateGroup', resources: [STORE], wasNot: ['DeleteGroup'], reversibility: 'exact', traps: REGIONAL },
    { eventName: 'DeleteGroup', resources: [GROUP], wasThere: ['CreateGroup'], reversibility: 'lossy', traps: NEW_ID },
    ...['UpdateGroup', 'UpdateGroupDisplayName'].map((eventName) => ({
      eventName,
      resources: [GROUP],
      wasThere: [eventName],
      reversibility: 'exact' as const,
      traps: REGIONAL,
    })),
    { eventName: 'CreateUser', resources: [STORE], wasNot: ['DisableUser'], reversibility: 'exact', traps: REGIONAL },
    { eventName: 'DeleteUser', resources: [USER], wasThere: ['CreateUser'], reversibility: 'lossy', traps: NEW_ID },
    { eventName: 'EnableUser', resources: [USER], wasNot: ['DisableUser'], reversibility: 'exact', traps: REGIONAL },
    { eventName: 'DisableUser', resources: [USER], wasThere: ['EnableUser'], reversibility: 'exact', traps: REGIONAL },
    ...['UpdateUser', 'UpdateUserName'].map((eventName) => ({
      eventName,
      resources: [USER],
      wasThere: [eventName],
      reversibility: 'exact' as const,
      traps: REGIONAL,
    })),
    ...[
      'UpdatePassword',
      'VerifyEmail',
      'UpdateMfaDeviceForUser',
      'DeleteMfaDeviceForUser',
      'StartVirtualMfaDeviceRegistration',
      'StartWebAuthnDeviceRegistration',
      'CompleteVirtualMfaDeviceRegistration',
      'CompleteWebAuthnDeviceRegistration',
    ].map((eventName) => ({ eventName, resources: [USER], ...NEVER })),
    {
      eventName: 'EnableExternalIdPConfigurationForDirectory',
      resources: [STORE],
      wasNot: ['DisableExternalIdPConfigurationForDirectory'],
      reversibility: 'exact',
      traps: ['regional', 'breaks-federation'],
    },
    {
      eventName: 'DisableExternalIdPConfigurationForDirectory',
      resources: [STORE],
      wasThere: ['EnableExternalIdPConfigurationForDirectory'],
      reversibility: 'exact',
      traps: ['regional', 'breaks-federation'],
    },
    ...[
      'CreateAlias',
      'CreateBearerToken',
      'DeleteBearerToken',
      'CreateProvisioningTenant',
      'DeleteProvisioningTenant',
      'CreateExternalIdPConfigurationForDirectory',
      'UpdateExternalIdPConfigurationForDirectory',
      'DeleteExternalIdPConfigurationForDirectory',
      'ImportExternalIdPCertificate',
      'DeleteExternalIdPCertificate',
    ].map((eventName) => ({ eventName, resources: [STORE], ...NEVER })),
  ]),
  ...listWrites('identitystore.amazonaws.com', 'directory', [
    {
      eventName: 'CreateGroupMembership',
      resources: [GROUP, MEMBER_OF_API],
      wasNot: ['DeleteGroupMembership'],
      reversibility: 'exact',
      traps: ['regional', 'live-sessions'],
    },
    {
      eventName: 'DeleteGroupMembership',
      resources: [MEMBERSHIP],
      wasThere: ['CreateGroupMembership'],
      reversibility: 'lossy',
      traps: NEW_ID,
    },
    { eventName: 'CreateGroup', resources: [STORE], wasNot: ['DeleteGroup'], reversibility: 'exact', traps: REGIONAL },
    {
      eventName: 'UpdateGroup',
      resources: [GROUP],
      wasThere: ['UpdateGroup'],
      reversibility: 'exact',
      traps: REGIONAL,
    },
    { eventName: 'DeleteGroup', resources: [GROUP], wasThere: ['CreateGroup'], reversibility: 'lossy', traps: NEW_ID },
    { eventName: 'CreateUser', resources: [STORE], wasNot: ['DeleteUser'], reversibility: 'exact', traps: REGIONAL },
    { eventName: 'UpdateUser', resources: [USER], wasThere: ['UpdateUser'], reversibility: 'exact', traps: REGIONAL },
    { eventName: 'DeleteUser', resources: [USER], wasThere: ['CreateUser'], reversibility: 'lossy', traps: NEW_ID },
    ...[
      'ReserveUser',
      'CreateIdentityStore',
      'UpdateIdentityStore',
      'DeleteIdentityStore',
      'AddRegion',
      'RemoveRegion',
    ].map((eventName) => ({ eventName, resources: [STORE], ...NEVER })),
  ]),
];
