import {
  GetGroupPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  type IAMClient,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListGroupsForUserCommand,
  ListPolicyVersionsCommand,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import { CountersignError } from '../core/errors.ts';
import { isSameDocument } from '../core/iam/same-document.ts';
import type { IamCall } from '../core/ledger/calls/iam.ts';
import { hasPassword, readKeyStatus } from './iam-credentials.ts';
import { readPages } from './iam-pages.ts';

/** What stands in the slot of a call now; null where it is empty or what holds it is gone. Documents are decoded (IAM answers them percent-encoded). */
export async function readSlot(iam: IAMClient, call: IamCall): Promise<string | null> {
  switch (call.slot) {
    case 'inline-policy':
      return orNull(async () => decodeDocument(await readInline(iam, call.holder, call.policy)));
    case 'attachment': {
      const attached = await orNull(() => listAttached(iam, call.holder));
      return attached?.includes(call.policyArn) === true ? 'attached' : null;
    }
    case 'trust': {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: call.role }));
      return decodeDocument(Role?.AssumeRolePolicyDocument);
    }
    case 'boundary':
      return readBoundary(iam, call.holder);
    case 'membership': {
      const groups = await orNull(() => listGroups(iam, call.user));
      return groups?.includes(call.group) === true ? 'member' : null;
    }
    case 'access-key':
      return readKeyStatus(iam, 'access-key', call.user, call.keyId);
    case 'credential':
      return readKeyStatus(iam, call.credential, call.user, call.id);
    case 'login-profile':
      return (await hasPassword(iam, call.user)) ? 'password' : null;
    case 'default-document':
      return (await listVersions(iam, call.policyArn)).find(({ isDefault }) => isDefault)?.document ?? null;
    case 'spare-version': {
      const wanted = call.from ?? call.to ?? '';
      const spare = (await listVersions(iam, call.policyArn)).filter(({ isDefault }) => !isDefault);
      return spare.some(({ document }) => isSameDocument(document, wanted)) ? wanted : null;
    }
  }
}

export interface PolicyVersionText {
  readonly id: string;
  readonly isDefault: boolean;
  readonly document: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
}

/** All versions of a managed policy (five at most) with their documents. */
export async function listVersions(iam: IAMClient, policyArn: string): Promise<readonly PolicyVersionText[]> {
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: policyArn }));
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn: policyArn }));
  return Promise.all(
    Versions.map(async ({ VersionId = '', CreateDate }) => {
      const read = await iam.send(new GetPolicyVersionCommand({ PolicyArn: policyArn, VersionId }));
      return {
        id: VersionId,
        isDefault: VersionId === Policy?.DefaultVersionId,
        document: decodeDocument(read.PolicyVersion?.Document),
        createdAt: CreateDate?.getTime() ?? 0,
      };
    }),
  );
}

/** How many principals a managed policy is attached to, as policy or as boundary. Counts no further than one page of each: more is more than anybody allows. */
export async function countHolders(iam: IAMClient, policyArn: string): Promise<number> {
  const {
    PolicyRoles = [],
    PolicyUsers = [],
    PolicyGroups = [],
    IsTruncated,
  } = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn: policyArn }));
  return IsTruncated === true
    ? Number.POSITIVE_INFINITY
    : PolicyRoles.length + PolicyUsers.length + PolicyGroups.length;
}

async function readInline(
  iam: IAMClient,
  { kind, name }: { readonly kind: 'role' | 'user' | 'group'; readonly name: string },
  PolicyName: string,
): Promise<string | undefined> {
  switch (kind) {
    case 'role':
      return (await iam.send(new GetRolePolicyCommand({ RoleName: name, PolicyName }))).PolicyDocument;
    case 'user':
      return (await iam.send(new GetUserPolicyCommand({ UserName: name, PolicyName }))).PolicyDocument;
    case 'group':
      return (await iam.send(new GetGroupPolicyCommand({ GroupName: name, PolicyName }))).PolicyDocument;
  }
}

async function listAttached(
  iam: IAMClient,
  { kind, name }: { readonly kind: 'role' | 'user' | 'group'; readonly name: string },
): Promise<readonly string[]> {
  const read = (Marker: string | undefined) => {
    switch (kind) {
      case 'role':
        return iam.send(new ListAttachedRolePoliciesCommand({ RoleName: name, Marker }));
      case 'user':
        return iam.send(new ListAttachedUserPoliciesCommand({ UserName: name, Marker }));
      case 'group':
        return iam.send(new ListAttachedGroupPoliciesCommand({ GroupName: name, Marker }));
    }
  };
  return readPages(read, ({ AttachedPolicies = [] }) => AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn));
}

function listGroups(iam: IAMClient, UserName: string): Promise<readonly string[]> {
  const read = (Marker: string | undefined) => iam.send(new ListGroupsForUserCommand({ UserName, Marker }));
  return readPages(read, ({ Groups = [] }) => Groups.map(({ GroupName = '' }) => GroupName));
}

async function readBoundary(
  iam: IAMClient,
  { kind, name }: { readonly kind: 'role' | 'user'; readonly name: string },
): Promise<string | null> {
  const { PermissionsBoundary } =
    (kind === 'role'
      ? (await iam.send(new GetRoleCommand({ RoleName: name }))).Role
      : (await iam.send(new GetUserCommand({ UserName: name }))).User) ?? {};
  return PermissionsBoundary?.PermissionsBoundaryArn ?? null;
}

/** A document as it was stored. Throws where the answer has none. */
export function decodeDocument(document: string | undefined): string {
  if (document === undefined) throw new CountersignError('incomplete-answer', 'IAM answered without the document');
  return document.trimStart().startsWith('{') ? document : decodeURIComponent(document);
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof NoSuchEntityException) return null;
    throw thrown;
  }
}
