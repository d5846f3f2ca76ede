import * as IAM from '@aws-sdk/client-iam';

/*
 * What attackers, deployers and people in a hurry do to IAM: one move each, on principals by chance. Whatever IAM refuses (a quota, something that is not there any more)
 * is a move that was not made.
 */

const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
export const policyOf = (action: string): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
export const trustOf = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });

export const ROLES = ['app', 'db'] as const;
export const USERS = ['ana', 'bob'] as const;
export const GROUPS = ['staff', 'guests'] as const;
export const POLICIES = ['shared', 'spare'] as const;

/** A whole number in [0, below). */
export type Chance = (below: number) => number;

type Move = (iam: IAM.IAMClient, chance: Chance, account: string) => Promise<unknown>;

const pick = <T>(from: readonly [T, ...T[]], chance: Chance): T => from[chance(from.length)] ?? from[0];
const ACTIONS = ['iam:*', 's3:Get*', 'ec2:*', 'lambda:*', 'sts:AssumeRole'] as const;
const NAMES = ['signed', 'rogue', 'other'] as const;
const arnOf = (account: string, name: string) => `arn:aws:iam::${account}:policy/${name}`;

const some = {
  document: (chance: Chance) => policyOf(pick(ACTIONS, chance)),
  role: (chance: Chance) => ({ RoleName: pick(ROLES, chance) }),
  user: (chance: Chance) => ({ UserName: pick(USERS, chance) }),
  group: (chance: Chance) => ({ GroupName: pick(GROUPS, chance) }),
  policy: (chance: Chance, account: string) => pick([ADMIN, READ_ONLY, arnOf(account, pick(POLICIES, chance))], chance),
};

async function someKey(iam: IAM.IAMClient, chance: Chance) {
  const user = some.user(chance);
  const { AccessKeyMetadata = [] } = await iam.send(new IAM.ListAccessKeysCommand(user));
  return { ...user, AccessKeyId: AccessKeyMetadata[chance(Math.max(1, AccessKeyMetadata.length))]?.AccessKeyId ?? '' };
}

async function someVersion(iam: IAM.IAMClient, chance: Chance, account: string) {
  const PolicyArn = arnOf(account, pick(POLICIES, chance));
  const { Versions = [] } = await iam.send(new IAM.ListPolicyVersionsCommand({ PolicyArn }));
  return { PolicyArn, VersionId: Versions[chance(Math.max(1, Versions.length))]?.VersionId ?? 'v1' };
}

/** Thirty kinds of moves, by name. */
export const MOVES: Readonly<Record<string, Move>> = {
  'put a policy on a role': (iam, chance) =>
    iam.send(
      new IAM.PutRolePolicyCommand({
        ...some.role(chance),
        PolicyName: pick(NAMES, chance),
        PolicyDocument: some.document(chance),
      }),
    ),
  'put a policy on a user': (iam, chance) =>
    iam.send(
      new IAM.PutUserPolicyCommand({
        ...some.user(chance),
        PolicyName: pick(NAMES, chance),
        PolicyDocument: some.document(chance),
      }),
    ),
  'put a policy on a group': (iam, chance) =>
    iam.send(
      new IAM.PutGroupPolicyCommand({
        ...some.group(chance),
        PolicyName: pick(NAMES, chance),
        PolicyDocument: some.document(chance),
      }),
    ),
  'delete a policy of a role': (iam, chance) =>
    iam.send(new IAM.DeleteRolePolicyCommand({ ...some.role(chance), PolicyName: pick(NAMES, chance) })),
  'delete a policy of a user': (iam, chance) =>
    iam.send(new IAM.DeleteUserPolicyCommand({ ...some.user(chance), PolicyName: pick(NAMES, chance) })),
  'delete a policy of a group': (iam, chance) =>
    iam.send(new IAM.DeleteGroupPolicyCommand({ ...some.group(chance), PolicyName: pick(NAMES, chance) })),
  'attach to a role': (iam, chance, account) =>
    iam.send(new IAM.AttachRolePolicyCommand({ ...some.role(chance), PolicyArn: some.policy(chance, account) })),
  'attach to a user': (iam, chance, account) =>
    iam.send(new IAM.AttachUserPolicyCommand({ ...some.user(chance), PolicyArn: some.policy(chance, account) })),
  'attach to a group': (iam, chance, account) =>
    iam.send(new IAM.AttachGroupPolicyCommand({ ...some.group(chance), PolicyArn: some.policy(chance, account) })),
  'detach from a role': (iam, chance, account) =>
    iam.send(new IAM.DetachRolePolicyCommand({ ...some.role(chance), PolicyArn: some.policy(chance, account) })),
  'detach from a user': (iam, chance, account) =>
    iam.send(new IAM.DetachUserPolicyCommand({ ...some.user(chance), PolicyArn: some.policy(chance, account) })),
  'detach from a group': (iam, chance, account) =>
    iam.send(new IAM.DetachGroupPolicyCommand({ ...some.group(chance), PolicyArn: some.policy(chance, account) })),
  'change trust': (iam, chance) =>
    iam.send(
      new IAM.UpdateAssumeRolePolicyCommand({
        ...some.role(chance),
        PolicyDocument: trustOf(pick(['ec2.amazonaws.com', 'lambda.amazonaws.com', 'states.amazonaws.com'], chance)),
      }),
    ),
  'bound a role': (iam, chance) =>
    iam.send(
      new IAM.PutRolePermissionsBoundaryCommand({
        ...some.role(chance),
        PermissionsBoundary: pick([ADMIN, READ_ONLY], chance),
      }),
    ),
  'bound a user': (iam, chance) =>
    iam.send(
      new IAM.PutUserPermissionsBoundaryCommand({
        ...some.user(chance),
        PermissionsBoundary: pick([ADMIN, READ_ONLY], chance),
      }),
    ),
  'unbind a role': (iam, chance) => iam.send(new IAM.DeleteRolePermissionsBoundaryCommand(some.role(chance))),
  'unbind a user': (iam, chance) => iam.send(new IAM.DeleteUserPermissionsBoundaryCommand(some.user(chance))),
  'join a group': (iam, chance) =>
    iam.send(new IAM.AddUserToGroupCommand({ ...some.user(chance), ...some.group(chance) })),
  'leave a group': (iam, chance) =>
    iam.send(new IAM.RemoveUserFromGroupCommand({ ...some.user(chance), ...some.group(chance) })),
  'make a version the one in force': (iam, chance, account) =>
    iam.send(
      new IAM.CreatePolicyVersionCommand({
        PolicyArn: arnOf(account, pick(POLICIES, chance)),
        PolicyDocument: some.document(chance),
        SetAsDefault: true,
      }),
    ),
  'make a version in reserve': (iam, chance, account) =>
    iam.send(
      new IAM.CreatePolicyVersionCommand({
        PolicyArn: arnOf(account, pick(POLICIES, chance)),
        PolicyDocument: some.document(chance),
      }),
    ),
  'put another version in force': async (iam, chance, account) =>
    iam.send(new IAM.SetDefaultPolicyVersionCommand(await someVersion(iam, chance, account))),
  'delete a version': async (iam, chance, account) =>
    iam.send(new IAM.DeletePolicyVersionCommand(await someVersion(iam, chance, account))),
  'push a document out of all versions': async (iam, chance, account) => {
    const PolicyArn = arnOf(account, pick(POLICIES, chance));
    for (let round = 0; round < 6; round += 1) {
      const { Versions = [] } = await iam.send(new IAM.ListPolicyVersionsCommand({ PolicyArn }));
      const oldest = Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion).at(-1);
      if (Versions.length >= 5 && oldest?.VersionId !== undefined)
        await iam.send(new IAM.DeletePolicyVersionCommand({ PolicyArn, VersionId: oldest.VersionId }));
      const PolicyDocument = policyOf(`sqs:Action${round}`);
      await iam.send(new IAM.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
    }
  },
  'make a key': (iam, chance) => iam.send(new IAM.CreateAccessKeyCommand(some.user(chance))),
  'switch a key off': async (iam, chance) =>
    iam.send(new IAM.UpdateAccessKeyCommand({ ...(await someKey(iam, chance)), Status: 'Inactive' })),
  'switch a key on': async (iam, chance) =>
    iam.send(new IAM.UpdateAccessKeyCommand({ ...(await someKey(iam, chance)), Status: 'Active' })),
  'make a stranger': (iam, chance) => iam.send(new IAM.CreateUserCommand({ UserName: `stranger-${chance(3)}` })),
  'make a strange role': (iam, chance) =>
    iam.send(
      new IAM.CreateRoleCommand({
        RoleName: `strange-${chance(3)}`,
        AssumeRolePolicyDocument: trustOf('ec2.amazonaws.com'),
      }),
    ),
  'tag a role': (iam, chance) =>
    iam.send(new IAM.TagRoleCommand({ ...some.role(chance), Tags: [{ Key: 'cost', Value: String(chance(9)) }] })),
};

/** Makes a move. Tells whether IAM let it. */
export async function makeMove(iam: IAM.IAMClient, name: string, chance: Chance, account: string): Promise<boolean> {
  try {
    await MOVES[name]?.(iam, chance, account);
    return true;
  } catch (thrown) {
    if (thrown instanceof IAM.IAMServiceException) return false;
    throw thrown;
  }
}
