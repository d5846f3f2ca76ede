import {
  CreateServiceSpecificCredentialCommand,
  CreateUserCommand,
  DeactivateMFADeviceCommand,
  DeleteUserCommand,
  EnableMFADeviceCommand,
  ListMFADevicesCommand,
  UpdateServiceSpecificCredentialCommand,
  UpdateSigningCertificateCommand,
  UpdateSSHPublicKeyCommand,
  UploadSigningCertificateCommand,
  UploadSSHPublicKeyCommand,
} from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { readCredentials } from '../../../lambdas/aws/iam-credentials.ts';
import { prepareAccount } from './prepare.ts';

test('credentials of the embedded account are there while they are on', async () => {
  const { iam } = prepareAccount().account.clients;
  const ana = { UserName: 'ana' };
  const SerialNumber = 'arn:aws:iam::123456789012:mfa/ana';
  await iam.send(new CreateUserCommand(ana));
  const before = await readCredentials(iam, 'ana');
  const ssh = await iam.send(new UploadSSHPublicKeyCommand({ ...ana, SSHPublicKeyBody: 'ssh-ed25519 x' }));
  const certificate = await iam.send(new UploadSigningCertificateCommand({ ...ana, CertificateBody: 'x' }));
  const service = await iam.send(
    new CreateServiceSpecificCredentialCommand({ ...ana, ServiceName: 'x.amazonaws.com' }),
  );
  await iam.send(
    new EnableMFADeviceCommand({ ...ana, SerialNumber, AuthenticationCode1: '1', AuthenticationCode2: '2' }),
  );
  const on = await readCredentials(iam, 'ana');
  const ids = {
    SSHPublicKeyId: ssh.SSHPublicKey?.SSHPublicKeyId ?? '',
    CertificateId: certificate.Certificate?.CertificateId ?? '',
    ServiceSpecificCredentialId: service.ServiceSpecificCredential?.ServiceSpecificCredentialId ?? '',
  };
  const off = { ...ana, ...ids, Status: 'Inactive' } as const;
  await iam.send(new UpdateSSHPublicKeyCommand(off));
  await iam.send(new UpdateSigningCertificateCommand(off));
  await iam.send(new UpdateServiceSpecificCredentialCommand(off));
  await iam.send(new DeactivateMFADeviceCommand({ ...ana, SerialNumber }));

  expect(on).toEqual({
    accessKeys: [],
    password: false,
    mfaDevices: [SerialNumber],
    sshKeys: [ids.SSHPublicKeyId],
    serviceCredentials: [ids.ServiceSpecificCredentialId],
    signingCertificates: [ids.CertificateId],
  });
  expect(await readCredentials(iam, 'ana')).toEqual(before);
  await expect(iam.send(new DeleteUserCommand(ana))).rejects.toThrow(/other credentials/);
  await expect(iam.send(new DeactivateMFADeviceCommand({ ...ana, SerialNumber }))).rejects.toThrow(/cannot be found/);
  await expect(iam.send(new UpdateSSHPublicKeyCommand({ ...off, SSHPublicKeyId: 'x' }))).rejects.toThrow(/cannot be/);
  await expect(iam.send(new ListMFADevicesCommand({ UserName: 'eve' }))).rejects.toThrow(/eve/);
  await expect(readCredentials(iam, 'eve')).rejects.toThrow(/eve/);
});
