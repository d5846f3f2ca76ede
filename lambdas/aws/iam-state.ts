import {
  GetGroupCommand,
  GetGroupPolicyCommand,
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
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import { CountersignError } from '../core/errors.ts';
import type { InlinePolicy } from '../core/iam/account.ts';
import type { GroupState, IamState, RoleState, UserState } from '../core/iam/drift/state.ts';
import { decodeDocument, listVersions, readPages } from './iam-slots.ts';

/**
 * Reads the state of one principal or customer managed policy by ARN. Undefined: it does not exist, or what has the name has another ARN (it was made anew
 * below another path). Reads of IAM are eventually consistent: whoever acts on one reads again.
 */
export async function readIamState(iam: IAMClient, arn: string): Promise<IamState | undefined> {
  const [, kind, name] = /^arn:[a-z-]+:iam::\d{12}:(role|user|group|policy)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  if (kind === undefined || name === undefined)
    throw new CountersignError('malformed-arn', `not the ARN of a principal or policy: ${arn.slice(0, 200)}`);
  const state = await orUndefined(() => readByKind(iam, kind, name, arn));
  return state?.arn === arn ? state : undefined;
}

async function readByKind(iam: IAMClient, kind: string, name: string, arn: string): Promise<IamState> {
  switch (kind) {
    case 'role':
      return readRole(iam, name);
    case 'user':
      return readUser(iam, name);
    case 'group':
      return readGroup(iam, name);
    default:
      return readPolicy(iam, name, arn);
  }
}

async function readRole(iam: IAMClient, RoleName: string): Promise<RoleState> {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  return undisturbed(async () => {
    const names = await readPages(
      (Marker) => iam.send(new ListRolePoliciesCommand({ RoleName, Marker })),
      ({ PolicyNames = [] }) => PolicyNames,
    );
    return {
      kind: 'role',
      arn: Role?.Arn ?? '',
      name: Role?.RoleName ?? '',
      path: Role?.Path ?? '/',
      trust: decodeDocument(Role?.AssumeRolePolicyDocument),
      boundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn,
      inline: await readInline(names, (PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
      attached: await readPages(
        (Marker) => iam.send(new ListAttachedRolePoliciesCommand({ RoleName, Marker })),
        ({ AttachedPolicies = [] }) => AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn),
      ),
    };
  });
}

async function readUser(iam: IAMClient, UserName: string): Promise<UserState> {
  const { User } = await iam.send(new GetUserCommand({ UserName }));
  return undisturbed(async () => {
    const names = await readPages(
      (Marker) => iam.send(new ListUserPoliciesCommand({ UserName, Marker })),
      ({ PolicyNames = [] }) => PolicyNames,
    );
    return {
      kind: 'user',
      arn: User?.Arn ?? '',
      name: User?.UserName ?? '',
      path: User?.Path ?? '/',
      boundary: User?.PermissionsBoundary?.PermissionsBoundaryArn,
      groups: await readPages(
        (Marker) => iam.send(new ListGroupsForUserCommand({ UserName, Marker })),
        ({ Groups = [] }) => Groups.map(({ GroupName = '' }) => GroupName),
      ),
      inline: await readInline(names, (PolicyName) => iam.send(new GetUserPolicyCommand({ UserName, PolicyName }))),
      attached: await readPages(
        (Marker) => iam.send(new ListAttachedUserPoliciesCommand({ UserName, Marker })),
        ({ AttachedPolicies = [] }) => AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn),
      ),
    };
  });
}

async function readGroup(iam: IAMClient, GroupName: string): Promise<GroupState> {
  const { Group } = await iam.send(new GetGroupCommand({ GroupName, MaxItems: 1 }));
  return undisturbed(async () => {
    const names = await readPages(
      (Marker) => iam.send(new ListGroupPoliciesCommand({ GroupName, Marker })),
      ({ PolicyNames = [] }) => PolicyNames,
    );
    return {
      kind: 'group',
      arn: Group?.Arn ?? '',
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

async function readPolicy(iam: IAMClient, name: string, arn: string): Promise<IamState> {
  const inForce = (await listVersions(iam, arn)).find(({ isDefault }) => isDefault);
  if (inForce === undefined)
    throw new CountersignError('incomplete-answer', `IAM names no version of ${arn} that is in force`);
  const path = arn.replace(/^[^/]*/, '').replace(/[^/]*$/, '');
  return { kind: 'policy', arn, name, path, document: inForce.document };
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
