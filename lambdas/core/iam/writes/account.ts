import { ACCOUNT, listWrites, type WriteCall } from './write-call.ts';

const IAM = 'iam.amazonaws.com';

/** Settings of the account and of the organization, and rights that are lent to others for a time. */
export const ACCOUNT_WRITES: readonly WriteCall[] = [
  ...listWrites(IAM, 'account', [
    { eventName: 'CreateAccountAlias', resources: [ACCOUNT], wasNot: ['DeleteAccountAlias'], reversibility: 'exact' },
    { eventName: 'DeleteAccountAlias', resources: [ACCOUNT], wasThere: ['CreateAccountAlias'], reversibility: 'exact' },
    {
      eventName: 'UpdateAccountPasswordPolicy',
      resources: [ACCOUNT],
      wasThere: ['UpdateAccountPasswordPolicy'],
      wasNot: ['DeleteAccountPasswordPolicy'],
      reversibility: 'exact',
      traps: ['unversioned'],
    },
    {
      eventName: 'DeleteAccountPasswordPolicy',
      resources: [ACCOUNT],
      wasThere: ['UpdateAccountPasswordPolicy'],
      reversibility: 'exact',
      traps: ['unversioned'],
    },
    {
      eventName: 'SetSecurityTokenServicePreferences',
      resources: [ACCOUNT],
      wasThere: ['SetSecurityTokenServicePreferences'],
      reversibility: 'exact',
    },
    {
      eventName: 'PutAccountProperties',
      resources: [ACCOUNT],
      wasThere: ['PutAccountProperties'],
      reversibility: 'exact',
      traps: ['unversioned'],
    },
    // An action with rights of its own that no SDK offers any more (Service Authorization Reference, IAM).
    {
      eventName: 'SetSTSRegionalEndpointStatus',
      resources: [ACCOUNT],
      wasThere: ['SetSTSRegionalEndpointStatus'],
      reversibility: 'exact',
    },
    { eventName: 'UpdateAccountName', resources: [ACCOUNT], wasThere: ['UpdateAccountName'], reversibility: 'exact' },
    { eventName: 'UpdateAccountEmailAddress', resources: [ACCOUNT], reversibility: 'none', traps: ['cannot-recall'] },
    {
      eventName: 'UploadCloudFrontPublicKey',
      resources: [ACCOUNT],
      wasNot: ['DeleteCloudFrontPublicKey'],
      reversibility: 'exact',
    },
    {
      eventName: 'UpdateCloudFrontPublicKey',
      resources: [ACCOUNT],
      wasThere: ['UpdateCloudFrontPublicKey'],
      reversibility: 'exact',
    },
    {
      eventName: 'DeleteCloudFrontPublicKey',
      resources: [ACCOUNT],
      wasThere: ['UploadCloudFrontPublicKey'],
      reversibility: 'lossy',
      traps: ['unversioned'],
    },
    ...['RootCredentialsManagement', 'RootSessions'].flatMap((feature) => [
      {
        eventName: `EnableOrganizations${feature}`,
        resources: [ACCOUNT],
        wasNot: [`DisableOrganizations${feature}`],
        reversibility: 'exact' as const,
      },
      {
        eventName: `DisableOrganizations${feature}`,
        resources: [ACCOUNT],
        wasThere: [`EnableOrganizations${feature}`],
        reversibility: 'exact' as const,
      },
    ]),
  ]),
  ...listWrites(IAM, 'delegation', [
    {
      eventName: 'CreateDelegationRequest',
      resources: [ACCOUNT],
      wasNot: ['RejectDelegationRequest'],
      reversibility: 'exact',
    },
    { eventName: 'AssociateDelegationRequest', resources: [ACCOUNT], reversibility: 'none' },
    { eventName: 'UpdateDelegationRequest', resources: [ACCOUNT], reversibility: 'none' },
    {
      eventName: 'AcceptDelegationRequest',
      resources: [ACCOUNT],
      wasNot: ['RejectDelegationRequest'],
      reversibility: 'lossy',
      traps: ['live-sessions'],
    },
    { eventName: 'RejectDelegationRequest', resources: [ACCOUNT], reversibility: 'none' },
    { eventName: 'SendDelegationToken', resources: [ACCOUNT], reversibility: 'none', traps: ['cannot-recall'] },
  ]),
];
