import * as z from 'zod';
import { messageOf } from '../errors.ts';
import { SignatureError } from '../signature/errors.ts';
import { matchShape, parseJson } from '../signature/json.ts';
import type { AccountIam, IamGroup, IamRole, IamUser, ManagedPolicy, PolicyText, Tags } from './account.ts';
import { type HolderShape, type Page, type PolicyShape, page } from './account-shape.ts';
import { IamError } from './errors.ts';
import { type IamArn, parseIamArn } from './iam-arn.ts';

/** Characters of an answer as text. 10,000 principals with full documents stay below a tenth of it. */
const LONGEST = 268_435_456;
/** An account has at most 5,000 users and groups and 10,000 roles and policies after every raise (IAM User Guide, "IAM and AWS STS quotas"). */
const MOST = 100_000;

/**
 * Reads what `GetAccountAuthorizationDetails` answers (IAM API Reference): one page or an array of pages, parsed or as JSON text, from the API (documents
 * percent-encoded) or from the AWS CLI (documents as objects). Refused, since each would show drift that is none or hide some that is: a last page
 * that tells of more, one ARN or unique id twice, names that the ARN contradicts, two accounts. Throws IamError.
 */
export function parseAccount(input: unknown): AccountIam {
  const pages = readPages(input);
  refuseRest(pages.at(-1));
  const roles = pages.flatMap(({ RoleDetailList = [] }) => RoleDetailList).map(toRole);
  const users = pages.flatMap(({ UserDetailList = [] }) => UserDetailList).map(toUser);
  const groups = pages.flatMap(({ GroupDetailList = [] }) => GroupDetailList).map(toGroup);
  const policies = pages.flatMap(({ Policies = [] }) => Policies).map(toManagedPolicy);
  const all = [...roles, ...users, ...groups, ...policies];
  if (all.length > MOST) throw new IamError('too-large', `the account holds more than ${MOST} principals and policies`);
  refuseRepetition(
    all.map(({ arn }) => arn),
    'ARN',
  );
  refuseRepetition(
    all.map(({ uniqueId }) => uniqueId),
    'unique id',
  );
  return { accountId: findAccountId(all), roles, users, groups, policies };
}

const pages = z.array(page).min(1).max(MOST);

function readPages(input: unknown): Page[] {
  const what = 'the authorization details';
  try {
    const json = typeof input === 'string' ? parseJson(input, z.unknown(), what, LONGEST) : input;
    return Array.isArray(json) ? matchShape(json, pages, what) : [matchShape(json, page, what)];
  } catch (cause) {
    const code = cause instanceof SignatureError && cause.code === 'too-large' ? 'too-large' : 'malformed';
    throw new IamError(code, messageOf(cause), { cause });
  }
}

/** `NextToken` is how the CLI tells that `--max-items` cut the answer. */
function refuseRest(last: Page | undefined): void {
  if (last?.IsTruncated !== true && last?.NextToken === undefined) return;
  throw new IamError('incomplete', 'the last page of the authorization details tells of more pages');
}

function refuseRepetition(values: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) throw new IamError('malformed', `the ${what} ${value} stands twice in the account`);
    seen.add(value);
  }
}

function findAccountId(all: readonly { readonly arn: string }[]): string {
  const arns = all.flatMap(({ arn }) => parseIamArn(arn) ?? []);
  const [owner, other] = new Set(arns.map(({ account }) => account).filter((account) => account !== 'aws'));
  const [, otherPartition] = new Set(arns.map(({ partition }) => partition));
  if (owner === undefined) throw new IamError('malformed', 'no ARN tells which account this is');
  if (other !== undefined || otherPartition !== undefined) {
    throw new IamError('malformed', `the details are not of ${owner} alone: ${other ?? otherPartition}`);
  }
  return owner;
}

function toRole(raw: HolderShape['role']): IamRole {
  const { RoleName, AssumeRolePolicyDocument, PermissionsBoundary, Tags, InstanceProfileList } = raw;
  return {
    kind: 'role',
    ...identify(raw, 'role', RoleName, raw.RoleId),
    ...readRights(raw.RolePolicyList, raw.AttachedManagedPolicies, raw.Arn),
    trust: readDocument(AssumeRolePolicyDocument, `the trust policy of ${raw.Arn}`),
    boundary: PermissionsBoundary?.PermissionsBoundaryArn,
    tags: readTags(Tags, raw.Arn),
    instanceProfiles: (InstanceProfileList ?? []).map(({ Arn }) => Arn),
    maxSessionSeconds: raw.MaxSessionDuration,
  };
}

function toUser(raw: HolderShape['user']): IamUser {
  return {
    kind: 'user',
    ...identify(raw, 'user', raw.UserName, raw.UserId),
    ...readRights(raw.UserPolicyList, raw.AttachedManagedPolicies, raw.Arn),
    boundary: raw.PermissionsBoundary?.PermissionsBoundaryArn,
    tags: readTags(raw.Tags, raw.Arn),
    groups: raw.GroupList ?? [],
  };
}

function toGroup(raw: HolderShape['group']): IamGroup {
  return {
    kind: 'group',
    ...identify(raw, 'group', raw.GroupName, raw.GroupId),
    ...readRights(raw.GroupPolicyList, raw.AttachedManagedPolicies, raw.Arn),
  };
}

function toManagedPolicy(raw: PolicyShape): ManagedPolicy {
  const versions = raw.PolicyVersionList;
  refuseRepetition(
    versions.map(({ VersionId }) => VersionId),
    `version of ${raw.Arn}`,
  );
  const [current, ...others] = versions.filter(({ VersionId }) => VersionId === raw.DefaultVersionId);
  if (current === undefined || others.length > 0 || current.IsDefaultVersion === false) {
    throw new IamError('malformed', `${raw.Arn} does not carry its default version ${raw.DefaultVersionId}`);
  }
  return {
    ...identify(raw, 'policy', raw.PolicyName, raw.PolicyId),
    document: readDocument(current.Document, `the document of ${raw.Arn}`),
    defaultVersion: raw.DefaultVersionId,
    versions: versions.map(({ VersionId }) => VersionId).toSorted((left, right) => numberOf(right) - numberOf(left)),
    tags: readTags(raw.Tags, raw.Arn),
  };
}

function numberOf(version: string): number {
  return Number(version.slice(1));
}

/** The ARN says all of it again: where they differ, one of the two was made up. */
function identify(
  raw: { readonly Arn: string; readonly Path?: string | undefined },
  type: IamArn['type'],
  name: string,
  uniqueId: string,
): Pick<ManagedPolicy, 'arn' | 'uniqueId' | 'name' | 'path'> {
  const arn = parseIamArn(raw.Arn);
  const fits = arn?.type === type && arn.name === name && (raw.Path === undefined || arn.path === raw.Path);
  if (!fits) throw new IamError('malformed', `the ARN ${raw.Arn} is not that of the ${type} ${name} under its path`);
  return { arn: raw.Arn, uniqueId, name, path: arn.path };
}

function readRights(
  inline: HolderShape['inline'],
  attached: HolderShape['attached'],
  arn: string,
): Pick<IamRole, 'inline' | 'attached'> {
  const names = (inline ?? []).map(({ PolicyName }) => PolicyName);
  const arns = (attached ?? []).map(({ PolicyArn }) => PolicyArn);
  refuseRepetition(names, `inline policy of ${arn}`);
  refuseRepetition(arns, `attachment to ${arn}`);
  return {
    inline: (inline ?? []).map(({ PolicyName, PolicyDocument }) => ({
      name: PolicyName,
      document: readDocument(PolicyDocument, `the inline policy ${PolicyName} of ${arn}`),
    })),
    attached: arns,
  };
}

/** Raw JSON begins with `{`, which percent-encoding (RFC 3986) would have replaced. */
function readDocument(raw: string | Record<string, unknown>, what: string): PolicyText {
  if (typeof raw !== 'string') return JSON.stringify(raw);
  if (raw.trimStart().startsWith('{')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch (cause) {
    throw new IamError('malformed', `${what} is not percent-encoded text`, { cause });
  }
}

function readTags(tags: HolderShape['tags'], arn: string): Tags {
  refuseRepetition(
    (tags ?? []).map(({ Key }) => Key),
    `tag of ${arn}`,
  );
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));
}
