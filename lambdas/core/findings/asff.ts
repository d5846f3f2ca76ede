import * as z from 'zod';
import { accountId, partitionOf, regionName } from '../aws-names.ts';

const text = (limit: number) => z.string().min(1).max(limit);
const time = z.iso.datetime();
const attachedPolicies = z.array(z.strictObject({ PolicyArn: text(2048), PolicyName: text(128) })).max(100);
const inlinePolicies = z.array(z.strictObject({ PolicyName: text(128) })).max(100);
const boundary = z.strictObject({ PermissionsBoundaryArn: text(2048), PermissionsBoundaryType: z.literal('Policy') });

/**
 * The part of the AWS Security Finding Format that this service writes, with the limits that Security Hub enforces (Security Hub API Reference, AwsSecurityFinding).
 * `Workflow`, `Note`, `UserDefinedFields` and `VerificationState` belong to the analyst: they are not in it, and unknown keys are refused.
 */
export const asffFinding = z.strictObject({
  SchemaVersion: z.literal('2018-10-08'),
  Id: text(512),
  ProductArn: text(2048),
  ProductName: text(128),
  CompanyName: text(128),
  GeneratorId: text(512),
  AwsAccountId: accountId,
  Region: regionName,
  CreatedAt: time,
  UpdatedAt: time,
  Title: text(256),
  Description: text(1024),
  FindingProviderFields: z.strictObject({
    Severity: z.strictObject({
      Label: z.enum(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']),
      Original: text(64),
    }),
    Types: z.array(text(256)).min(1).max(50),
    RelatedFindings: z
      .array(z.strictObject({ ProductArn: text(2048), Id: text(512) }))
      .max(10)
      .optional(),
  }),
  Remediation: z.strictObject({ Recommendation: z.strictObject({ Text: text(512) }) }),
  ProductFields: z.record(text(128), z.string().max(2048)).refine((fields) => Object.keys(fields).length <= 50),
  Resources: z
    .array(
      z.strictObject({
        Type: text(256),
        Id: text(512),
        Partition: z.enum(['aws', 'aws-cn', 'aws-us-gov']),
        Region: regionName,
        Details: z
          .union([
            z.strictObject({
              AwsEcrContainerImage: z.strictObject({
                RegistryId: accountId,
                RepositoryName: text(256),
                ImageDigest: text(128),
                ImageTags: z.array(text(128)).max(100),
              }),
            }),
            z.strictObject({
              AwsIamRole: z.strictObject({
                RoleName: text(64),
                Path: text(512),
                AssumeRolePolicyDocument: text(131_072),
                AttachedManagedPolicies: attachedPolicies,
                RolePolicyList: inlinePolicies,
                PermissionsBoundary: boundary.optional(),
              }),
            }),
            z.strictObject({
              AwsIamUser: z.strictObject({
                UserName: text(64),
                Path: text(512),
                AttachedManagedPolicies: attachedPolicies,
                UserPolicyList: inlinePolicies,
                GroupList: z.array(text(128)).max(100),
                PermissionsBoundary: boundary.optional(),
              }),
            }),
            z.strictObject({
              AwsIamGroup: z.strictObject({
                GroupName: text(128),
                Path: text(512),
                AttachedManagedPolicies: attachedPolicies,
                GroupPolicyList: inlinePolicies,
              }),
            }),
            z.strictObject({ AwsIamPolicy: z.strictObject({ PolicyName: text(128), Path: text(512) }) }),
          ])
          .optional(),
      }),
    )
    .min(1)
    .max(32),
  Compliance: z.strictObject({
    Status: z.enum(['PASSED', 'FAILED', 'WARNING', 'NOT_AVAILABLE']),
    StatusReasons: z
      .array(z.strictObject({ ReasonCode: text(100), Description: text(2048) }))
      .max(20)
      .optional(),
    RelatedRequirements: z.array(text(64)).max(32).optional(),
    AssociatedStandards: z
      .array(z.strictObject({ StandardsId: text(256) }))
      .max(20)
      .optional(),
  }),
  RecordState: z.enum(['ACTIVE', 'ARCHIVED']),
});
export type AsffFinding = z.infer<typeof asffFinding>;

/** The message on the findings queue. */
export const findingMessage = z.strictObject({ version: z.literal(1), finding: asffFinding });

/** What every finding of this service has in common. Imported under the default product of the account it belongs to, as Security Hub demands of custom providers. */
export function findingBase(account: string, region: string) {
  return {
    SchemaVersion: '2018-10-08',
    ProductArn: `arn:${partitionOf(region)}:securityhub:${region}:${account}:product/${account}/default`,
    ProductName: 'Countersign',
    CompanyName: 'Countersign',
    AwsAccountId: account,
    Region: region,
  } as const;
}
