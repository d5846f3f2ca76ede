import { ACCOUNT, listWrites, OIDC_PROVIDER, SAML_PROVIDER, type WriteCall } from './write-call.ts';

/** Who outside may sign in. */
export const FEDERATION_WRITES: readonly WriteCall[] = listWrites('iam.amazonaws.com', 'federation', [
  {
    eventName: 'CreateOpenIDConnectProvider',
    resources: [['{response.openIDConnectProviderArn}']],
    wasNot: ['DeleteOpenIDConnectProvider'],
    reversibility: 'exact',
    traps: ['breaks-federation', 'live-sessions'],
  },
  {
    eventName: 'DeleteOpenIDConnectProvider',
    resources: [OIDC_PROVIDER],
    wasThere: ['CreateOpenIDConnectProvider'],
    reversibility: 'exact',
    traps: ['unversioned'],
  },
  {
    eventName: 'AddClientIDToOpenIDConnectProvider',
    resources: [OIDC_PROVIDER],
    wasNot: ['RemoveClientIDFromOpenIDConnectProvider'],
    reversibility: 'exact',
    traps: ['live-sessions'],
  },
  {
    eventName: 'RemoveClientIDFromOpenIDConnectProvider',
    resources: [OIDC_PROVIDER],
    wasThere: ['AddClientIDToOpenIDConnectProvider'],
    reversibility: 'exact',
  },
  {
    eventName: 'UpdateOpenIDConnectProviderThumbprint',
    resources: [OIDC_PROVIDER],
    wasThere: ['UpdateOpenIDConnectProviderThumbprint'],
    reversibility: 'exact',
    traps: ['unversioned', 'breaks-federation'],
  },
  {
    eventName: 'CreateSAMLProvider',
    resources: [['{response.sAMLProviderArn}', 'arn:{partition}:iam::{account}:saml-provider/{request.name}']],
    wasNot: ['DeleteSAMLProvider'],
    reversibility: 'exact',
    traps: ['breaks-federation', 'live-sessions'],
  },
  {
    eventName: 'UpdateSAMLProvider',
    resources: [SAML_PROVIDER],
    wasThere: ['UpdateSAMLProvider'],
    reversibility: 'exact',
    traps: ['unversioned', 'private-key', 'breaks-federation'],
  },
  {
    eventName: 'DeleteSAMLProvider',
    resources: [SAML_PROVIDER],
    wasThere: ['CreateSAMLProvider'],
    reversibility: 'lossy',
    traps: ['unversioned', 'private-key'],
  },
  {
    eventName: 'EnableOutboundWebIdentityFederation',
    resources: [ACCOUNT],
    wasNot: ['DisableOutboundWebIdentityFederation'],
    reversibility: 'exact',
    traps: ['cannot-recall'],
  },
  {
    eventName: 'DisableOutboundWebIdentityFederation',
    resources: [ACCOUNT],
    wasThere: ['EnableOutboundWebIdentityFederation'],
    reversibility: 'exact',
    traps: ['breaks-federation'],
  },
]);
