import {
  GetLoginProfileCommand,
  type IAMClient,
  ListAccessKeysCommand,
  ListMFADevicesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListSSHPublicKeysCommand,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import type { AccountIam, Credentials } from '../core/iam/account.ts';
import { readPages } from './iam-pages.ts';
import { takeTurns } from './take-turns.ts';

/** A credential that can be switched off and on. */
type KeyKind = 'access-key' | 'ssh-key' | 'service-credential' | 'signing-certificate';

interface Key {
  readonly id: string;
  readonly status: string;
}

/** By which credentials somebody can act as a user now: ids only, and of those that can be switched off the active ones. Six calls. Throws where the user is gone. */
export async function readCredentials(iam: IAMClient, UserName: string): Promise<Credentials> {
  const listActive = async (kind: KeyKind) =>
    (await listKeys(iam, kind, UserName)).flatMap(({ id, status }) => (status === 'Active' ? [id] : []));
  return {
    accessKeys: await listActive('access-key'),
    password: await hasPassword(iam, UserName),
    mfaDevices: await readPages(
      (Marker) => iam.send(new ListMFADevicesCommand({ UserName, Marker })),
      ({ MFADevices = [] }) => MFADevices.map(({ SerialNumber = '' }) => SerialNumber),
    ),
    sshKeys: await listActive('ssh-key'),
    serviceCredentials: await listActive('service-credential'),
    signingCertificates: await listActive('signing-certificate'),
  };
}

/** Users whose credentials are read at the same time: IAM answers some 20 calls a second to all of the account. */
const AT_ONCE = 2;

/** An account with the credentials of its users, which `GetAccountAuthorizationDetails` leaves out. A user that is gone meanwhile has none that are known. */
export async function addCredentials(iam: IAMClient, account: AccountIam): Promise<AccountIam> {
  const inTurn = takeTurns(AT_ONCE);
  const users = account.users.map((user) =>
    inTurn(async () => ({ ...user, credentials: await unlessGone(() => readCredentials(iam, user.name)) })),
  );
  return { ...account, users: await Promise.all(users) };
}

async function unlessGone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof NoSuchEntityException) return undefined;
    throw thrown;
  }
}

/** `Active` or not; null where the user has no such key. Throws where the user is gone. */
export async function readKeyStatus(iam: IAMClient, kind: KeyKind, user: string, id: string): Promise<string | null> {
  return (await listKeys(iam, kind, user)).find((one) => one.id === id)?.status ?? null;
}

/** Whether a user has a password for the console. */
export async function hasPassword(iam: IAMClient, UserName: string): Promise<boolean> {
  try {
    await iam.send(new GetLoginProfileCommand({ UserName }));
    return true;
  } catch (thrown) {
    // Also where the user is gone, which the other calls tell.
    if (thrown instanceof NoSuchEntityException) return false;
    throw thrown;
  }
}

function listKeys(iam: IAMClient, kind: KeyKind, UserName: string): Promise<readonly Key[]> {
  switch (kind) {
    case 'access-key':
      return readPages(
        (Marker) => iam.send(new ListAccessKeysCommand({ UserName, Marker })),
        ({ AccessKeyMetadata = [] }) => AccessKeyMetadata.map((one) => toKey(one.AccessKeyId, one.Status)),
      );
    case 'ssh-key':
      return readPages(
        (Marker) => iam.send(new ListSSHPublicKeysCommand({ UserName, Marker })),
        ({ SSHPublicKeys = [] }) => SSHPublicKeys.map((one) => toKey(one.SSHPublicKeyId, one.Status)),
      );
    case 'service-credential':
      return readPages(
        (Marker) => iam.send(new ListServiceSpecificCredentialsCommand({ UserName, Marker })),
        ({ ServiceSpecificCredentials = [] }) =>
          ServiceSpecificCredentials.map((one) => toKey(one.ServiceSpecificCredentialId, one.Status)),
      );
    case 'signing-certificate':
      return readPages(
        (Marker) => iam.send(new ListSigningCertificatesCommand({ UserName, Marker })),
        ({ Certificates = [] }) => Certificates.map((one) => toKey(one.CertificateId, one.Status)),
      );
  }
}

function toKey(id = '', status = ''): Key {
  return { id, status };
}
