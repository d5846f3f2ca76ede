import {
  CreateServiceSpecificCredentialCommand,
  DeactivateMFADeviceCommand,
  EnableMFADeviceCommand,
  EntityAlreadyExistsException,
  ListMFADevicesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListSSHPublicKeysCommand,
  UpdateServiceSpecificCredentialCommand,
  UpdateSigningCertificateCommand,
  UpdateSSHPublicKeyCommand,
  UploadSigningCertificateCommand,
  UploadSSHPublicKeyCommand,
} from '@aws-sdk/client-iam';
import { answers, type Operation, refusal } from './answer.ts';
import { takePage } from './iam-pages.ts';
import { type IamStore, missing, type StoredKey } from './iam-store.ts';

/** SSH keys, credentials for single services, signing certificates and MFA devices. What they hold is not looked at. */
export function keyOperations(store: IamStore): [string, Operation][] {
  const newKey = (prefix: string): StoredKey => ({
    id: store.newUniqueId(prefix),
    createdAt: store.context.clock.now(),
    status: 'Active',
  });
  return [
    answers(UploadSSHPublicKeyCommand, ({ UserName, SSHPublicKeyBody }) => {
      const user = store.user(UserName);
      const key = newKey('APKA');
      user.sshKeys.set(key.id, key);
      const { SSHPublicKeyId, Status, UploadDate } = describeSshKey(user.name, key);
      return {
        SSHPublicKey: {
          UserName: user.name,
          SSHPublicKeyId,
          Status,
          UploadDate,
          SSHPublicKeyBody,
          Fingerprint: key.id,
        },
      };
    }),
    answers(ListSSHPublicKeysCommand, (input) => {
      const user = store.user(input.UserName);
      const { items, rest } = takePage(user.sshKeys.values(), ({ id }) => id, input);
      return { SSHPublicKeys: items.map((key) => describeSshKey(user.name, key)), ...rest };
    }),
    answers(UpdateSSHPublicKeyCommand, ({ UserName, SSHPublicKeyId, Status }) =>
      setStatus(store.user(UserName).sshKeys, SSHPublicKeyId, Status),
    ),
    answers(CreateServiceSpecificCredentialCommand, ({ UserName, ServiceName = '' }) => {
      const user = store.user(UserName);
      const key = { ...newKey('ACCA'), service: ServiceName };
      user.serviceCredentials.set(key.id, key);
      return {
        ServiceSpecificCredential: {
          ...describeServiceCredential(user.name, key),
          ServicePassword: store.newUniqueId('secret'),
        },
      };
    }),
    answers(ListServiceSpecificCredentialsCommand, (input) => {
      const user = store.user(input.UserName);
      const { items, rest } = takePage(user.serviceCredentials.values(), ({ id }) => id, input);
      return { ServiceSpecificCredentials: items.map((key) => describeServiceCredential(user.name, key)), ...rest };
    }),
    answers(UpdateServiceSpecificCredentialCommand, ({ UserName, ServiceSpecificCredentialId, Status }) =>
      setStatus(store.user(UserName).serviceCredentials, ServiceSpecificCredentialId, Status),
    ),
    answers(UploadSigningCertificateCommand, ({ UserName, CertificateBody = '' }) => {
      const user = store.user(UserName);
      const key = { ...newKey('CERT'), body: CertificateBody };
      user.certificates.set(key.id, key);
      return { Certificate: describeCertificate(user.name, key) };
    }),
    answers(ListSigningCertificatesCommand, (input) => {
      const user = store.user(input.UserName);
      const { items, rest } = takePage(user.certificates.values(), ({ id }) => id, input);
      return { Certificates: items.map((key) => describeCertificate(user.name, key)), ...rest };
    }),
    answers(UpdateSigningCertificateCommand, ({ UserName, CertificateId, Status }) =>
      setStatus(store.user(UserName).certificates, CertificateId, Status),
    ),
    answers(EnableMFADeviceCommand, ({ UserName, SerialNumber = '' }) => {
      const { devices } = store.user(UserName);
      if (devices.has(SerialNumber)) throw refusal(EntityAlreadyExistsException, 'MFA device already exists.', 409);
      devices.set(SerialNumber, store.context.clock.now());
      return {};
    }),
    answers(DeactivateMFADeviceCommand, ({ UserName, SerialNumber = '' }) => {
      if (!store.user(UserName).devices.delete(SerialNumber)) {
        throw missing(`MFA Device ${SerialNumber} cannot be found.`);
      }
      return {};
    }),
    answers(ListMFADevicesCommand, ({ UserName }) => {
      const devices = UserName === undefined ? [] : [...store.user(UserName).devices];
      return {
        MFADevices: devices.map(([SerialNumber, at]) => ({ UserName, SerialNumber, EnableDate: new Date(at) })),
        IsTruncated: false,
      };
    }),
  ];
}

function setStatus(keys: ReadonlyMap<string, StoredKey>, id = '', status: string | undefined) {
  const key = keys.get(id);
  if (key === undefined) throw missing(`The credential with id ${id} cannot be found.`);
  key.status = status === 'Active' ? 'Active' : 'Inactive';
  return {};
}

function describeSshKey(UserName: string, { id, status, createdAt }: StoredKey) {
  return { UserName, SSHPublicKeyId: id, Status: status, UploadDate: new Date(createdAt) };
}

function describeServiceCredential(
  UserName: string,
  { id, status, createdAt, service }: StoredKey & { service: string },
) {
  return {
    UserName,
    ServiceSpecificCredentialId: id,
    ServiceName: service,
    ServiceUserName: `${UserName}-at-${service}`,
    Status: status,
    CreateDate: new Date(createdAt),
  };
}

function describeCertificate(UserName: string, { id, status, createdAt, body }: StoredKey & { body: string }) {
  return { UserName, CertificateId: id, CertificateBody: body, Status: status, UploadDate: new Date(createdAt) };
}
