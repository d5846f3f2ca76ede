import { CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand } from '@aws-sdk/client-iam';
import { BucketAlreadyOwnedByYou } from '@aws-sdk/client-s3';
import type { StateOf } from '../../lambdas/core/iam/baseline/state.ts';
import { createBaselineBucket, publishState } from '../baselines.ts';
import type { ScenarioPrincipal, World } from './scenario.ts';

const NO_CREDENTIALS = {
  accessKeys: [],
  password: false,
  mfaDevices: [],
  sshKeys: [],
  serviceCredentials: [],
  signingCertificates: [],
};

/** Who may assume a role: one service. */
export function trustService(service: string) {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  };
}

/** Signs what a role is to be, and creates it as it was signed. */
export async function createSignedRole(
  world: World,
  name: string,
  trust: StateOf<'role'>['trust'] = trustService('ec2.amazonaws.com'),
): Promise<ScenarioPrincipal & { readonly RoleName: string }> {
  const RoleName = `${name}-${world.nextNumber()}`;
  const arn = `arn:aws:iam::${world.account.id}:role/${RoleName}`;
  const nothing = { inline: [], attached: [], tags: [], instanceProfiles: [] };
  await publish(world, { kind: 'role', arn, uniqueId: 'any', trust, ...nothing });
  const AssumeRolePolicyDocument = JSON.stringify(trust);
  await world.account.clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  return { kind: 'principal', arn, RoleName };
}

/** Signs that a user is to have nothing, and creates it like that. */
export async function createSignedUser(
  world: World,
  name: string,
): Promise<ScenarioPrincipal & { readonly UserName: string }> {
  const UserName = `${name}-${world.nextNumber()}`;
  const arn = `arn:aws:iam::${world.account.id}:user/${UserName}`;
  await publish(world, describeUser(arn, []));
  await world.account.clients.iam.send(new CreateUserCommand({ UserName }));
  return { kind: 'principal', arn, UserName };
}

/** Creates an access key for a user that was created so, and signs it: its id is not known before. */
export async function createSignedKey(world: World, arn: string, UserName: string): Promise<string> {
  const { AccessKey } = await world.account.clients.iam.send(new CreateAccessKeyCommand({ UserName }));
  const id = AccessKey?.AccessKeyId ?? '';
  await publish(world, describeUser(arn, [id]), 2);
  return id;
}

function describeUser(arn: string, accessKeys: string[]): StateOf<'user'> {
  const nothing = { inline: [], attached: [], tags: [], groups: [] };
  return { kind: 'user', arn, uniqueId: 'any', ...nothing, credentials: { ...NO_CREDENTIALS, accessKeys } };
}

async function publish(world: World, state: StateOf<'role' | 'user'>, version = 1): Promise<void> {
  const { s3 } = world.account.clients;
  await createBaselineBucket(s3).catch((error: unknown) => {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  });
  await publishState(world.account, world.releaseKey, state, version);
}
