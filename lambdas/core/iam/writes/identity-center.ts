import { listWrites, type WriteCall } from './write-call.ts';

const INSTANCE = ['{request.instanceArn}', '{response.instanceArn}', 'arn:{partition}:iam::{account}:root'];
const PERMISSION_SET = ['{request.permissionSetArn}', '{response.permissionSet.permissionSetArn}'];
const APPLICATION = ['{request.applicationArn}', '{response.applicationArn}', ...INSTANCE];
const ISSUER = ['{request.trustedTokenIssuerArn}', '{response.trustedTokenIssuerArn}', ...INSTANCE];
const TAGGED = ['{request.resourceArn}'];

const exact = (
  eventName: string,
  resource: readonly string[],
  inverse: { readonly wasThere?: readonly string[]; readonly wasNot?: readonly string[] },
  traps: WriteCall['traps'] = [],
) => ({ eventName, resources: [resource], ...inverse, reversibility: 'exact' as const, traps });
const oneWay = (
  eventName: string,
  resource: readonly string[],
  reversibility: 'lossy' | 'none',
  traps: WriteCall['traps'] = [],
) => ({ eventName, resources: [resource], reversibility, traps });

/** The policies of a permission set, put and taken away; the roles in the accounts follow at the next provisioning. */
const POLICIES = (
  [
    ['PutInlinePolicyToPermissionSet', 'DeleteInlinePolicyFromPermissionSet', true],
    ['PutPermissionsBoundaryToPermissionSet', 'DeletePermissionsBoundaryFromPermissionSet', true],
    ['AttachManagedPolicyToPermissionSet', 'DetachManagedPolicyFromPermissionSet', false],
    [
      'AttachCustomerManagedPolicyReferenceToPermissionSet',
      'DetachCustomerManagedPolicyReferenceFromPermissionSet',
      false,
    ],
  ] as const
).flatMap(([put, remove, replaces]) => [
  exact(
    put,
    PERMISSION_SET,
    { wasNot: [remove, 'ProvisionPermissionSet'], ...(replaces && { wasThere: [put, 'ProvisionPermissionSet'] }) },
    ['provision-again', 'regional'],
  ),
  exact(remove, PERMISSION_SET, { wasThere: [put, 'ProvisionPermissionSet'] }, ['provision-again', 'regional']),
]);

/** IAM Identity Center: who gets which role in which account. The `AWSReservedSSO_*` roles in the accounts are changed only through it. */
export const IDENTITY_CENTER_WRITES: readonly WriteCall[] = [
  ...listWrites('sso.amazonaws.com', 'identity-center', [
    ...POLICIES,
    exact('CreatePermissionSet', PERMISSION_SET, { wasNot: ['DeletePermissionSet'] }, ['regional']),
    exact('UpdatePermissionSet', PERMISSION_SET, { wasThere: ['UpdatePermissionSet', 'ProvisionPermissionSet'] }, [
      'provision-again',
      'regional',
    ]),
    oneWay('DeletePermissionSet', PERMISSION_SET, 'lossy', ['new-unique-id', 'regional']),
    oneWay('ProvisionPermissionSet', PERMISSION_SET, 'none', ['asynchronous', 'regional']),
    // An action that AWS publishes without an API reference: read again, and told of.
    exact('PutPermissionsPolicy', [...PERMISSION_SET, ...INSTANCE], { wasThere: ['PutPermissionsPolicy'] }, [
      'provision-again',
      'regional',
    ]),
    exact('CreateAccountAssignment', PERMISSION_SET, { wasNot: ['DeleteAccountAssignment'] }, [
      'asynchronous',
      'live-sessions',
      'regional',
    ]),
    exact('DeleteAccountAssignment', PERMISSION_SET, { wasThere: ['CreateAccountAssignment'] }, [
      'asynchronous',
      'regional',
    ]),
    exact('CreateApplication', APPLICATION, { wasNot: ['DeleteApplication'] }, ['regional']),
    exact('UpdateApplication', APPLICATION, { wasThere: ['UpdateApplication'] }, ['regional']),
    oneWay('DeleteApplication', APPLICATION, 'lossy', ['new-unique-id', 'regional']),
    exact('CreateApplicationAssignment', APPLICATION, { wasNot: ['DeleteApplicationAssignment'] }, ['regional']),
    exact('DeleteApplicationAssignment', APPLICATION, { wasThere: ['CreateApplicationAssignment'] }, ['regional']),
    ...['AccessScope', 'AuthenticationMethod', 'Grant'].flatMap((part) => [
      exact(
        `PutApplication${part}`,
        APPLICATION,
        { wasThere: [`PutApplication${part}`], wasNot: [`DeleteApplication${part}`] },
        ['regional'],
      ),
      exact(`DeleteApplication${part}`, APPLICATION, { wasThere: [`PutApplication${part}`] }, ['regional']),
    ]),
    ...['AssignmentConfiguration', 'SessionConfiguration'].map((part) =>
      exact(`PutApplication${part}`, APPLICATION, { wasThere: [`PutApplication${part}`] }, ['regional']),
    ),
    exact('CreateTrustedTokenIssuer', ISSUER, { wasNot: ['DeleteTrustedTokenIssuer'] }, ['regional']),
    exact('UpdateTrustedTokenIssuer', ISSUER, { wasThere: ['UpdateTrustedTokenIssuer'] }, ['regional']),
    oneWay('DeleteTrustedTokenIssuer', ISSUER, 'lossy', ['new-unique-id', 'regional']),
    exact(
      'CreateInstanceAccessControlAttributeConfiguration',
      INSTANCE,
      { wasNot: ['DeleteInstanceAccessControlAttributeConfiguration'] },
      ['tag-conditions', 'regional'],
    ),
    exact(
      'UpdateInstanceAccessControlAttributeConfiguration',
      INSTANCE,
      { wasThere: ['UpdateInstanceAccessControlAttributeConfiguration'] },
      ['tag-conditions', 'regional'],
    ),
    exact(
      'DeleteInstanceAccessControlAttributeConfiguration',
      INSTANCE,
      { wasThere: ['CreateInstanceAccessControlAttributeConfiguration'] },
      ['tag-conditions', 'regional'],
    ),
    exact('TagResource', TAGGED, { wasThere: ['TagResource'], wasNot: ['UntagResource'] }, [
      'tag-conditions',
      'regional',
    ]),
    exact('UntagResource', TAGGED, { wasThere: ['TagResource'] }, ['tag-conditions', 'regional']),
    exact('CreateInstance', INSTANCE, { wasNot: ['DeleteInstance'] }, ['regional']),
    exact('UpdateInstance', INSTANCE, { wasThere: ['UpdateInstance'] }, ['regional']),
    // The instance itself, its identity source and the applications of the old kind: never taken back without a person.
    ...[
      'DeleteInstance',
      'AddRegion',
      'RemoveRegion',
      'StartSSO',
      'AssociateDirectory',
      'DisassociateDirectory',
      'AssociateProfile',
      'DisassociateProfile',
      'CreateProfile',
      'UpdateProfile',
      'DeleteProfile',
      'CreateTrust',
      'UpdateTrust',
      'PutMfaDeviceManagementForDirectory',
      'UpdateSSOConfiguration',
      // As CloudTrail spells it.
      'UpdateSsoConfiguration',
      'CreateApplicationInstance',
      'CreateApplicationInstanceCertificate',
      'CreateManagedApplicationInstance',
      'DeleteApplicationInstance',
      'DeleteApplicationInstanceCertificate',
      'DeleteManagedApplicationInstance',
      'ImportApplicationInstanceServiceProviderMetadata',
      'UpdateApplicationInstanceActiveCertificate',
      'UpdateApplicationInstanceDisplayData',
      'UpdateApplicationInstanceResponseConfiguration',
      'UpdateApplicationInstanceResponseSchemaConfiguration',
      'UpdateApplicationInstanceSecurityConfiguration',
      'UpdateApplicationInstanceServiceProviderConfiguration',
      'UpdateApplicationInstanceStatus',
      'UpdateManagedApplicationInstanceStatus',
    ].map((eventName) => oneWay(eventName, INSTANCE, 'none', ['regional'])),
  ]),
  ...listWrites('account-access.amazonaws.com', 'identity-center', [
    exact('CreateApplication', APPLICATION, { wasNot: ['DeleteApplication'] }, ['regional']),
    oneWay('DeleteApplication', APPLICATION, 'lossy', ['new-unique-id', 'regional']),
    exact('CreateEntitlement', APPLICATION, { wasNot: ['DeleteEntitlement'] }, ['regional', 'live-sessions']),
    exact('DeleteEntitlement', APPLICATION, { wasThere: ['CreateEntitlement'] }, ['regional']),
    exact('TagResource', TAGGED, { wasThere: ['TagResource'], wasNot: ['UntagResource'] }, [
      'tag-conditions',
      'regional',
    ]),
    exact('UntagResource', TAGGED, { wasThere: ['TagResource'] }, ['tag-conditions', 'regional']),
  ]),
];
