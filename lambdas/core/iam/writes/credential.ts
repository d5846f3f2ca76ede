import { listWrites, MFA_DEVICE, SERVER_CERTIFICATE, USER, USER_OR_CALLER, type WriteCall } from './write-call.ts';

const IAM = 'iam.amazonaws.com';

/** What a user signs in or signs with. Secrets are shown once: what was deleted or replaced does not come back. */
export const CREDENTIAL_WRITES: readonly WriteCall[] = [
  ...listWrites(IAM, 'credential', [
    {
      eventName: 'CreateAccessKey',
      resources: [USER_OR_CALLER],
      wasNot: ['UpdateAccessKey'],
      reversibility: 'exact',
      traps: ['quarantine-first', 'two-keys', 'live-sessions'],
    },
    {
      eventName: 'UpdateAccessKey',
      resources: [USER_OR_CALLER],
      wasThere: ['UpdateAccessKey'],
      reversibility: 'exact',
      traps: ['live-sessions'],
    },
    { eventName: 'DeleteAccessKey', resources: [USER_OR_CALLER], reversibility: 'none', traps: ['secret-lost'] },
    {
      eventName: 'CreateLoginProfile',
      resources: [USER_OR_CALLER],
      wasNot: ['DeleteLoginProfile'],
      reversibility: 'exact',
      traps: ['live-sessions'],
    },
    {
      eventName: 'UpdateLoginProfile',
      resources: [USER],
      reversibility: 'none',
      traps: ['secret-lost', 'live-sessions'],
    },
    { eventName: 'DeleteLoginProfile', resources: [USER_OR_CALLER], reversibility: 'none', traps: ['secret-lost'] },
    { eventName: 'ChangePassword', resources: [['{caller}']], reversibility: 'none', traps: ['secret-lost'] },
    {
      eventName: 'UploadSSHPublicKey',
      resources: [USER],
      wasNot: ['UpdateSSHPublicKey'],
      reversibility: 'exact',
      traps: ['quarantine-first'],
    },
    { eventName: 'UpdateSSHPublicKey', resources: [USER], wasThere: ['UpdateSSHPublicKey'], reversibility: 'exact' },
    {
      eventName: 'DeleteSSHPublicKey',
      resources: [USER],
      wasThere: ['UploadSSHPublicKey'],
      reversibility: 'lossy',
      traps: ['unversioned'],
    },
    {
      eventName: 'UploadSigningCertificate',
      resources: [USER_OR_CALLER],
      wasNot: ['UpdateSigningCertificate'],
      reversibility: 'exact',
      traps: ['quarantine-first'],
    },
    {
      eventName: 'UpdateSigningCertificate',
      resources: [USER_OR_CALLER],
      wasThere: ['UpdateSigningCertificate'],
      reversibility: 'exact',
    },
    {
      eventName: 'DeleteSigningCertificate',
      resources: [USER_OR_CALLER],
      wasThere: ['UploadSigningCertificate'],
      reversibility: 'lossy',
      traps: ['unversioned'],
    },
    {
      eventName: 'CreateServiceSpecificCredential',
      resources: [USER],
      wasNot: ['UpdateServiceSpecificCredential'],
      reversibility: 'exact',
      traps: ['quarantine-first'],
    },
    {
      eventName: 'UpdateServiceSpecificCredential',
      resources: [USER_OR_CALLER],
      wasThere: ['UpdateServiceSpecificCredential'],
      reversibility: 'exact',
    },
    {
      eventName: 'ResetServiceSpecificCredential',
      resources: [USER_OR_CALLER],
      reversibility: 'none',
      traps: ['secret-lost'],
    },
    {
      eventName: 'DeleteServiceSpecificCredential',
      resources: [USER_OR_CALLER],
      reversibility: 'none',
      traps: ['secret-lost'],
    },
  ]),
  ...listWrites(IAM, 'mfa', [
    {
      eventName: 'CreateVirtualMFADevice',
      resources: [
        [
          '{response.virtualMFADevice.serialNumber}',
          'arn:{partition}:iam::{account}:mfa/{request.virtualMFADeviceName}',
        ],
      ],
      wasNot: ['DeleteVirtualMFADevice'],
      reversibility: 'exact',
    },
    {
      eventName: 'EnableMFADevice',
      resources: [USER],
      wasNot: ['DeactivateMFADevice'],
      reversibility: 'exact',
    },
    {
      // A device is enabled with codes that only its holder can make.
      eventName: 'DeactivateMFADevice',
      resources: [USER_OR_CALLER],
      reversibility: 'none',
      traps: ['secret-lost'],
    },
    { eventName: 'DeleteVirtualMFADevice', resources: [MFA_DEVICE], reversibility: 'none', traps: ['secret-lost'] },
    { eventName: 'ResyncMFADevice', resources: [USER], reversibility: 'none' },
  ]),
  ...listWrites(IAM, 'certificate', [
    {
      eventName: 'UploadServerCertificate',
      resources: [SERVER_CERTIFICATE],
      wasNot: ['DeleteServerCertificate'],
      reversibility: 'exact',
      traps: ['delete-order'],
    },
    {
      eventName: 'UpdateServerCertificate',
      resources: [
        SERVER_CERTIFICATE,
        ['arn:{partition}:iam::{account}:server-certificate/{request.newServerCertificateName}'],
      ],
      wasThere: ['UpdateServerCertificate'],
      reversibility: 'exact',
    },
    {
      eventName: 'DeleteServerCertificate',
      resources: [SERVER_CERTIFICATE],
      reversibility: 'none',
      traps: ['secret-lost'],
    },
  ]),
];
