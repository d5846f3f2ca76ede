import { GROUP, listWrites, POLICY, ROLE, USER, type WriteCall } from './write-call.ts';

const IAM = 'iam.amazonaws.com';

/** What is written into policies: inline, attached, managed, trust and boundary. */
export const POLICY_WRITES: readonly WriteCall[] = [
  ...listWrites(
    IAM,
    'inline',
    (
      [
        ['Role', ROLE],
        ['User', USER],
        ['Group', GROUP],
      ] as const
    ).flatMap(([kind, resource]) => [
      {
        eventName: `Put${kind}Policy`,
        resources: [resource],
        wasThere: [`Put${kind}Policy`],
        wasNot: [`Delete${kind}Policy`],
        reversibility: 'exact' as const,
        traps: ['unversioned', 'size-quota'] as const,
      },
      {
        eventName: `Delete${kind}Policy`,
        resources: [resource],
        wasThere: [`Put${kind}Policy`],
        reversibility: 'exact' as const,
        traps: ['unversioned', 'size-quota'] as const,
      },
    ]),
  ),
  ...listWrites(
    IAM,
    'attachment',
    (
      [
        ['Role', ROLE],
        ['User', USER],
        ['Group', GROUP],
      ] as const
    ).flatMap(([kind, resource]) => [
      {
        eventName: `Attach${kind}Policy`,
        resources: [resource],
        wasNot: [`Detach${kind}Policy`],
        reversibility: 'exact' as const,
      },
      {
        eventName: `Detach${kind}Policy`,
        resources: [resource],
        wasThere: [`Attach${kind}Policy`],
        reversibility: 'exact' as const,
        traps: ['attachment-quota'] as const,
      },
    ]),
  ),
  ...listWrites(IAM, 'managed-document', [
    {
      eventName: 'CreatePolicy',
      resources: [['{response.policy.arn}', 'arn:{partition}:iam::{account}:policy/{request.policyName}']],
      wasNot: ['DeletePolicy'],
      reversibility: 'exact',
      traps: ['delete-order', 'quarantine-first'],
    },
    {
      eventName: 'DeletePolicy',
      resources: [POLICY],
      wasThere: ['CreatePolicy'],
      reversibility: 'lossy',
      traps: ['new-unique-id', 'unversioned'],
    },
    {
      eventName: 'CreatePolicyVersion',
      resources: [POLICY],
      wasNot: ['SetDefaultPolicyVersion', 'DeletePolicyVersion'],
      reversibility: 'exact',
      traps: ['five-versions', 'many-principals'],
    },
    {
      eventName: 'SetDefaultPolicyVersion',
      resources: [POLICY],
      wasThere: ['SetDefaultPolicyVersion'],
      reversibility: 'exact',
      traps: ['many-principals'],
    },
    {
      eventName: 'DeletePolicyVersion',
      resources: [POLICY],
      wasThere: ['CreatePolicyVersion'],
      reversibility: 'lossy',
      traps: ['five-versions', 'unversioned'],
    },
  ]),
  ...listWrites(IAM, 'trust', [
    {
      eventName: 'UpdateAssumeRolePolicy',
      resources: [ROLE],
      wasThere: ['UpdateAssumeRolePolicy'],
      reversibility: 'exact',
      traps: ['unversioned', 'principal-ids', 'live-sessions'],
    },
  ]),
  ...listWrites(
    IAM,
    'boundary',
    (
      [
        ['Role', ROLE],
        ['User', USER],
      ] as const
    ).flatMap(([kind, resource]) => [
      {
        eventName: `Put${kind}PermissionsBoundary`,
        resources: [resource],
        wasThere: [`Put${kind}PermissionsBoundary`],
        wasNot: [`Delete${kind}PermissionsBoundary`],
        reversibility: 'exact' as const,
        traps: ['unmodifiable'] as const,
      },
      {
        eventName: `Delete${kind}PermissionsBoundary`,
        resources: [resource],
        wasThere: [`Put${kind}PermissionsBoundary`],
        reversibility: 'exact' as const,
        traps: ['unmodifiable', 'live-sessions'] as const,
      },
    ]),
  ),
];
