import {
  INSTANCE_PROFILE,
  listWrites,
  MFA_DEVICE,
  OIDC_PROVIDER,
  POLICY,
  ROLE,
  SAML_PROVIDER,
  SERVER_CERTIFICATE,
  USER,
  type WriteCall,
} from './write-call.ts';

const TAGGED = {
  Role: ROLE,
  User: USER,
  Policy: POLICY,
  InstanceProfile: INSTANCE_PROFILE,
  MFADevice: MFA_DEVICE,
  OpenIDConnectProvider: OIDC_PROVIDER,
  SAMLProvider: SAML_PROVIDER,
  ServerCertificate: SERVER_CERTIFICATE,
} as const;

/** Tags, which are access wherever a policy asks for them. CloudTrail may hide their values. */
export const TAG_WRITES: readonly WriteCall[] = listWrites(
  'iam.amazonaws.com',
  'tags',
  Object.entries(TAGGED).flatMap(([kind, resource]) => [
    {
      eventName: `Tag${kind}`,
      resources: [resource],
      wasThere: [`Tag${kind}`],
      wasNot: [`Untag${kind}`],
      reversibility: 'exact' as const,
      traps: ['tag-conditions'] as const,
    },
    {
      eventName: `Untag${kind}`,
      resources: [resource],
      wasThere: [`Tag${kind}`],
      reversibility: 'exact' as const,
      traps: ['tag-conditions'] as const,
    },
  ]),
);
