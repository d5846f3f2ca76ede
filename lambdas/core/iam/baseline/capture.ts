import * as z from 'zod';
import { messageOf } from '../../errors.ts';
import { parseJson } from '../../signature/json.ts';
import type { AccountIam, Credentials, IamPrincipal, ManagedPolicy, PolicyText, Tags } from '../account.ts';
import { IamError } from '../errors.ts';
import { parseIamArn } from '../iam-arn.ts';
import { type BaselineState, normalizeState } from './state.ts';

/** As in `parsePolicy`. */
const LONGEST = 262_144;

/** Why something of the account gets no baseline. */
export interface LeftOut {
  readonly arn: string;
  readonly reason: 'service-linked' | 'identity-center' | 'aws-managed';
}

export interface Captured {
  /** In order of their ARNs. */
  readonly states: readonly BaselineState[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * The state of every principal and customer managed policy of an account. Left out is what only AWS changes: service-linked roles, the roles of IAM Identity
 * Center, policies of AWS. Throws IamError for a document that is no JSON object, naming it.
 */
export function captureAccount(account: AccountIam): Captured {
  const keys = findTagKeys(account);
  const holders = [...account.roles, ...account.users, ...account.groups];
  const leftOut = [...holders, ...account.policies].flatMap(({ arn }) => leaveOut(arn) ?? []);
  const outside = new Set(leftOut.map(({ arn }) => arn));
  const states = [
    ...holders.filter(({ arn }) => !outside.has(arn)).map((holder) => capturePrincipal(holder, keys)),
    ...account.policies.filter(({ arn }) => !outside.has(arn)).map(capturePolicy),
  ];
  return { states: states.toSorted((a, b) => (a.arn < b.arn ? -1 : 1)), leftOut };
}

/** Whether only AWS changes it, and why. */
export function leaveOut(arn: string): LeftOut | undefined {
  const parsed = parseIamArn(arn);
  if (parsed?.account === 'aws') return { arn, reason: 'aws-managed' };
  if (parsed?.type !== 'role') return undefined;
  if (parsed.path.startsWith('/aws-service-role/')) return { arn, reason: 'service-linked' };
  if (parsed.path.startsWith('/aws-reserved/sso.amazonaws.com/')) return { arn, reason: 'identity-center' };
  return undefined;
}

/** The state of one principal. `tagKeys` are the keys that matter, in lower case; of the others the tags are left out. */
export function capturePrincipal(holder: IamPrincipal, tagKeys: ReadonlySet<string>): BaselineState {
  const { arn, uniqueId } = holder;
  const rights = {
    inline: holder.inline.map(({ name, document }) => ({
      name,
      document: readDocument(document, `the inline policy ${name} of ${arn}`),
    })),
    attached: [...holder.attached],
  };
  switch (holder.kind) {
    case 'role':
      return normalizeState({
        kind: 'role',
        arn,
        uniqueId,
        trust: readDocument(holder.trust, `the trust policy of ${arn}`),
        ...rights,
        ...(holder.boundary !== undefined && { boundary: holder.boundary }),
        tags: selectTags(holder.tags, tagKeys),
        instanceProfiles: [...holder.instanceProfiles],
        ...(holder.maxSessionSeconds !== undefined && { maxSessionSeconds: holder.maxSessionSeconds }),
      });
    case 'user':
      return normalizeState({
        kind: 'user',
        arn,
        uniqueId,
        ...rights,
        ...(holder.boundary !== undefined && { boundary: holder.boundary }),
        tags: selectTags(holder.tags, tagKeys),
        groups: [...holder.groups],
        ...(holder.credentials !== undefined && { credentials: copyCredentials(holder.credentials) }),
      });
    case 'group':
      return normalizeState({ kind: 'group', arn, uniqueId, ...rights });
  }
}

function copyCredentials(held: Credentials) {
  return {
    accessKeys: [...held.accessKeys],
    password: held.password,
    mfaDevices: [...held.mfaDevices],
    sshKeys: [...held.sshKeys],
    serviceCredentials: [...held.serviceCredentials],
    signingCertificates: [...held.signingCertificates],
  };
}

/** The state of one customer managed policy: its default version. */
export function capturePolicy({ arn, uniqueId, document }: ManagedPolicy): BaselineState {
  return { kind: 'policy', arn, uniqueId, document: readDocument(document, `the document of ${arn}`) };
}

function selectTags(tags: Tags, keys: ReadonlySet<string>): { key: string; value: string }[] {
  return Object.entries(tags)
    .filter(([key]) => keys.has(key.toLowerCase()))
    .map(([key, value]) => ({ key, value }));
}

/**
 * The tag keys that some policy of the account asks for, in lower case, since condition keys are compared without case (IAM User Guide, "Controlling access using
 * tags"): as the name of a condition key or as a policy variable. Read from the text, so that one too many may be found and none missed.
 */
export function findTagKeys(account: AccountIam): ReadonlySet<string> {
  const documents = [
    ...account.roles.map(({ trust }) => trust),
    ...[...account.roles, ...account.users, ...account.groups].flatMap(({ inline }) =>
      inline.map(({ document }) => document),
    ),
    ...account.policies.map(({ document }) => document),
  ];
  const keys = documents.flatMap((text) =>
    [...text.matchAll(/(?:PrincipalTag|ResourceTag|RequestTag)\/([^"}\\,]{1,128})/gi)].map(([, key = '']) =>
      key.trim().toLowerCase(),
    ),
  );
  return new Set(keys);
}

const object = z.record(z.string(), z.unknown());

function readDocument(text: PolicyText, what: string): Record<string, unknown> {
  try {
    return parseJson(text, object, what, LONGEST);
  } catch (cause) {
    throw new IamError('malformed', messageOf(cause), { cause });
  }
}
