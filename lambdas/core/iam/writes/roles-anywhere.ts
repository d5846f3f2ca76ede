import { listWrites, type WriteCall } from './write-call.ts';

const BASE = 'arn:{partition}:rolesanywhere:{region}:{account}';
const ANCHOR = ['{response.trustAnchor.trustAnchorArn}', `${BASE}:trust-anchor/{request.trustAnchorId}`];
const PROFILE = ['{response.profile.profileArn}', `${BASE}:profile/{request.profileId}`];
const CRL = ['{response.crl.crlArn}', `${BASE}:crl/{request.crlId}`];

/** IAM Roles Anywhere: who may sign in with a certificate. Its events exist in its own region. */
export const ROLES_ANYWHERE_WRITES: readonly WriteCall[] = listWrites('rolesanywhere.amazonaws.com', 'roles-anywhere', [
  ...(
    [
      ['TrustAnchor', ANCHOR],
      ['Profile', PROFILE],
    ] as const
  ).flatMap(([kind, resource]) => [
    {
      eventName: `Create${kind}`,
      resources: [resource],
      wasNot: [`Disable${kind}`, `Delete${kind}`],
      reversibility: 'exact' as const,
      traps: ['regional', 'quarantine-first', 'live-sessions'] as const,
    },
    {
      eventName: `Update${kind}`,
      resources: [resource],
      wasThere: [`Update${kind}`],
      reversibility: 'exact' as const,
      traps: ['regional', 'unversioned', 'live-sessions'] as const,
    },
    {
      eventName: `Delete${kind}`,
      resources: [resource],
      wasThere: [`Create${kind}`],
      reversibility: 'lossy' as const,
      traps: ['regional', 'unversioned', 'new-unique-id'] as const,
    },
  ]),
  ...(
    [
      ['TrustAnchor', ANCHOR],
      ['Profile', PROFILE],
      ['Crl', CRL],
    ] as const
  ).flatMap(([kind, resource]) => [
    {
      eventName: `Enable${kind}`,
      resources: [resource],
      wasNot: [`Disable${kind}`],
      reversibility: 'exact' as const,
      traps: ['regional', 'live-sessions'] as const,
    },
    {
      eventName: `Disable${kind}`,
      resources: [resource],
      wasThere: [`Enable${kind}`],
      reversibility: 'exact' as const,
      traps: ['regional'] as const,
    },
  ]),
  { eventName: 'ImportCrl', resources: [CRL], wasNot: ['DeleteCrl'], reversibility: 'exact', traps: ['regional'] },
  {
    eventName: 'UpdateCrl',
    resources: [CRL],
    wasThere: ['UpdateCrl'],
    reversibility: 'exact',
    traps: ['regional', 'unversioned'],
  },
  {
    eventName: 'DeleteCrl',
    resources: [CRL],
    wasThere: ['ImportCrl'],
    reversibility: 'lossy',
    traps: ['regional', 'unversioned', 'new-unique-id'],
  },
  {
    eventName: 'PutAttributeMapping',
    resources: [PROFILE],
    wasThere: ['PutAttributeMapping'],
    wasNot: ['DeleteAttributeMapping'],
    reversibility: 'exact',
    traps: ['regional', 'unversioned'],
  },
  {
    eventName: 'DeleteAttributeMapping',
    resources: [PROFILE],
    wasThere: ['PutAttributeMapping'],
    reversibility: 'exact',
    traps: ['regional', 'unversioned'],
  },
  {
    eventName: 'PutNotificationSettings',
    resources: [ANCHOR],
    wasThere: ['PutNotificationSettings'],
    wasNot: ['ResetNotificationSettings'],
    reversibility: 'exact',
    traps: ['regional'],
  },
  {
    eventName: 'ResetNotificationSettings',
    resources: [ANCHOR],
    wasThere: ['PutNotificationSettings'],
    reversibility: 'exact',
    traps: ['regional'],
  },
  {
    eventName: 'TagResource',
    resources: [['{request.resourceArn}']],
    wasThere: ['TagResource'],
    wasNot: ['UntagResource'],
    reversibility: 'exact',
    traps: ['regional', 'tag-conditions'],
  },
  {
    eventName: 'UntagResource',
    resources: [['{request.resourceArn}']],
    wasThere: ['TagResource'],
    reversibility: 'exact',
    traps: ['regional', 'tag-conditions'],
  },
]);
