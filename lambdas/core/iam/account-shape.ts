import * as z from 'zod';

/** Characters of one document, percent-encoded. IAM's own largest is 10,240 without white space. */
const LONGEST_DOCUMENT = 262_144;
/** Entries of one list of a principal. The largest quota is 50 tags; groups, attachments and inline policies stay far below. */
const MOST_ENTRIES = 1000;
const MOST_PRINCIPALS = 100_000;

const arn = z.string().min(20).max(2048);
const name = z
  .string()
  .max(128)
  .regex(/^[\w+=,.@-]+$/, 'not a name of IAM');
const uniqueId = z.string().max(128).regex(/^\w+$/, 'not a unique id of IAM');
const path = z.string().max(512).optional();
const document = z.union([z.string().max(LONGEST_DOCUMENT), z.record(z.string(), z.unknown())]);
const inline = z
  .array(z.object({ PolicyName: name, PolicyDocument: document }))
  .max(MOST_ENTRIES)
  .optional();
const attached = z
  .array(z.object({ PolicyArn: arn }))
  .max(MOST_ENTRIES)
  .optional();
const boundary = z.object({ PermissionsBoundaryArn: arn }).optional();
const tags = z
  .array(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) }))
  .max(MOST_ENTRIES)
  .optional();

const role = z.object({
  Arn: arn,
  Path: path,
  RoleName: name,
  RoleId: uniqueId,
  AssumeRolePolicyDocument: document,
  RolePolicyList: inline,
  AttachedManagedPolicies: attached,
  PermissionsBoundary: boundary,
  Tags: tags,
  InstanceProfileList: z
    .array(z.object({ Arn: arn }))
    .max(MOST_ENTRIES)
    .optional(),
  // Not in the answer of AWS today; `GetRole` has it, and files may have been completed from there.
  MaxSessionDuration: z.int().min(3600).max(43_200).optional(),
});

const user = z.object({
  Arn: arn,
  Path: path,
  UserName: name,
  UserId: uniqueId,
  UserPolicyList: inline,
  AttachedManagedPolicies: attached,
  PermissionsBoundary: boundary,
  Tags: tags,
  GroupList: z.array(name).max(MOST_ENTRIES).optional(),
});

const group = z.object({
  Arn: arn,
  Path: path,
  GroupName: name,
  GroupId: uniqueId,
  GroupPolicyList: inline,
  AttachedManagedPolicies: attached,
});

const version = z
  .string()
  .max(20)
  .regex(/^v[1-9]\d*$/, 'not the identifier of a policy version');

const policy = z.object({
  Arn: arn,
  Path: path,
  PolicyName: name,
  PolicyId: uniqueId,
  DefaultVersionId: version,
  PolicyVersionList: z
    .array(z.object({ VersionId: version, Document: document, IsDefaultVersion: z.boolean().optional() }))
    .max(MOST_ENTRIES),
  Tags: tags,
});

/** One page of `GetAccountAuthorizationDetails` (IAM API Reference), as far as it is used; bounded in length and number. */
export const page = z.object({
  RoleDetailList: z.array(role).max(MOST_PRINCIPALS).optional(),
  UserDetailList: z.array(user).max(MOST_PRINCIPALS).optional(),
  GroupDetailList: z.array(group).max(MOST_PRINCIPALS).optional(),
  Policies: z.array(policy).max(MOST_PRINCIPALS).optional(),
  IsTruncated: z.boolean().optional(),
  NextToken: z.string().optional(),
});

export type Page = z.output<typeof page>;
export type PolicyShape = z.output<typeof policy>;
/** The entries of a page by kind, and the lists they share. */
export interface HolderShape {
  readonly role: z.output<typeof role>;
  readonly user: z.output<typeof user>;
  readonly group: z.output<typeof group>;
  readonly inline: z.output<typeof inline>;
  readonly attached: z.output<typeof attached>;
  readonly tags: z.output<typeof tags>;
}
