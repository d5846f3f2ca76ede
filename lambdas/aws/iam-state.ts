import {
  GetGroupCommand,
  GetGroupPolicyCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  type IAMClient,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupPoliciesCommand,
  ListGroupsForUserCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import { CountersignError } from '../core/errors.ts';
import type { IamGroup, IamRole, IamUser, InlinePolicy, Tags } from '../core/iam/account.ts';
import { type IamArn, parseIamArn } from '../core/iam/iam-arn.ts';
import type { LiveState } from '../core/iam/live-state.ts';
import { readCredentials } from './iam-credentials.ts';
import { readPages } from './iam-pages.ts';
import { decodeDocument, listVersions } from './iam-slots.ts';

/**
 * Reads the state of one principal or customer managed policy by the name in an ARN, whose path may be missing: names are unique in an account, and events
 * leave paths out. Undefined: it does not exist, or is of a kind that has no baseline. Reads of IAM are eventually consistent: whoever acts on one reads again.
 */
export async function readIamState(iam: IAMClient, arn: string): Promise<LiveState | undefined> {
  const parsed = parseIamArn(arn);
  if (parsed === undefined) throw new CountersignError('malformed-arn', `not an ARN of IAM: ${arn.slice(0, 200)}`);
  return orUndefined(() => readByType(iam, parsed, arn));
}

async function readByType(iam: IAMClient, { type, name }: IamArn, arn: string): Promise<LiveState | undefined> {
  switch (type) {
    case 'role':
      return readRole(iam, name);
    case 'user':
      return readUser(iam, name);
    case 'group':
      return readGroup(iam, name);
    case 'policy':
      return readPolicy(iam, name, arn);
    default:
      return undefined;
  }
}

async function readRole(iam: IAMClient, RoleName: string): Promise<IamRole> {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  return undisturbed(async () => {
    const names = await readPages(
      (Marker) => iam.send(new ListRolePoliciesCommand({ RoleName, Marker })),
      ({ PolicyNames = [] }) => PolicyNames,
    );
    return {
      kind: 'role',
      arn: Role?.Arn ?? '',
      uniqueId: Role?.RoleId ?? '',
      name: Role?.RoleName ?? '',
      path: Role?.Path ?? '/',
      trust: decodeDocument(Role?.AssumeRolePolicyDocument),
      tags: toTags(Role?.Tags),
      maxSessionSeconds: Role?.MaxSessionDuration,
      instanceProfiles: await readPages(
        (Marker) => iam.send(new ListInstanceProfilesForRoleCommand({ RoleName, Marker })),
        ({ InstanceProfiles = [] }) => InstanceProfiles.map(({ Arn = '' }) => Arn),
      ),
      boundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn,
      inline: await readInline(names, (PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
      attached: await readPages(
        (Marker) => iam.send(new ListAttachedRolePoliciesCommand({ RoleName, Marker })),
        ({ AttachedPolicies = [] }) => AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn),
      ),
    };
  });
}

async function readUser(iam: IAMClient, UserName: string): Promise<IamUser> {
  const { User } = await iam.send(new GetUserCommand({ UserName }));
  return undisturbed(async () => {
    const names = await readPages(
      (Marker) => iam.send(new ListUserPoliciesCommand({ UserName, Marker })),
      ({ PolicyNames = [] }) => PolicyNames,
    );
    return {
      kind: 'user',
      arn: User?.Arn ?? '',
      uniqueId: User?.UserId ?? '',
      tags: toTags(User?.Tags),
      name: User?.UserName ?? '',
      path: User?.Path ?? '/',
      boundary: User?.PermissionsBoundary?.PermissionsBoundaryArn,
      groups: await readPages(
        (Marker) => iam.send(new ListGroupsForUserCommand({ UserName, Marker })),
        ({ Groups = [] }) => Groups.map(({ GroupName = '' }) => GroupName),
      ),
      credentials: await readCredentials(iam, UserName),
      inline: await readInline(names, (PolicyName) => iam.send(new GetUserPolicyCommand({ UserName, PolicyName }))),
      attached: await readPages(
        (Marker) => iam.send(new ListAttachedUserPoliciesCommand({ UserName, Marker })),
        ({ AttachedPolicies = [] }) => AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn),
      ),
    };
  });
}

async function readGroup(iam: IAMClient, GroupName: string): Promise<IamGroup> {
  const { Group } = await iam.send(new GetGroupCommand({ GroupName, MaxItems: 1 }));
  return undisturbed(async () => {
    const names = await readPages(
      (Marker) => iam.send(new ListGroupPoliciesCommand({ GroupName, Marker })),
      ({ PolicyNames = [] }) => PolicyNames,
    );
    return {
      kind: 'group',
      arn: Group?.Arn ?? '',
      uniqueId: Group?.GroupId ?? '',
      name: Group?.GroupName ?? '',
      path: Group?.Path ?? '/',
      inline: await readInline(names, (PolicyName) => iam.send(new GetGroupPolicyCommand({ GroupName, PolicyName }))),
      attached: await readPages(
        (Marker) => iam.send(new ListAttachedGroupPoliciesCommand({ GroupName, Marker })),
        ({ AttachedPolicies = [] }) => AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn),
      ),
    };
  });
}

async function readPolicy(iam: IAMClient, name: string, arn: string): Promise<LiveState> {
  const versions = await listVersions(iam, arn);
  const inForce = versions.find(({ isDefault }) => isDefault);
  if (inForce === undefined)
    throw new CountersignError('incomplete-answer', `IAM names no version of ${arn} that is in force`);
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: arn }));
  return {
    kind: 'policy',
    arn,
    uniqueId: Policy?.PolicyId ?? '',
    name,
    path: Policy?.Path ?? '/',
    document: inForce.document,
    defaultVersion: inForce.id,
    versions: versions.map(({ id }) => id),
    tags: toTags(Policy?.Tags),
  };
}

function toTags(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = []): Tags {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

async function readInline(
  names: readonly string[],
  read: (name: string) => Promise<{ PolicyDocument?: string | undefined }>,
): Promise<readonly InlinePolicy[]> {
  return Promise.all(
    names.map(async (name) => ({ name, document: decodeDocument((await read(name)).PolicyDocument) })),
  );
}

/** What is missing after its holder was there was taken away while we read: the state that was read never existed as a whole, and another read is due. */
async function undisturbed<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof NoSuchEntityException)) throw cause;
    throw new CountersignError('changed-while-read', 'the state changed while it was read', { cause });
  }
}

async function orUndefined<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof NoSuchEntityException) return undefined;
    throw thrown;
  }
}
