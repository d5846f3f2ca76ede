import { z } from 'zod';

/** A finding takes at most 240 KB (Security Hub API reference, BatchImportFindings). */
const LARGEST_FINDING = 240 * 1024;

const text = (longest: number) => z.string().min(1).max(longest);
const timestamp = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?(?:\d{2})?)$/)
  .refine((value) => !Number.isNaN(Date.parse(value)), 'not a date');
const severity = z.object({
  Label: z.enum(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']).optional(),
  Normalized: z.number().int().min(0).max(100).optional(),
  Original: text(64).optional(),
});
const types = z
  .array(
    z
      .string()
      .regex(
        /^(?:Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)(?:\/[^/]+){0,2}$/,
        'not namespace/category/classifier',
      ),
  )
  .max(50);
const percentage = z.number().int().min(0).max(100);
const relatedFindings = z.array(z.object({ ProductArn: text(2048), Id: text(512) })).max(10);

/** Attributes and limits of the AWS Security Finding Format (Security Hub user guide, "Required attributes" and "Optional top-level attributes"). */
const finding = z.object({
  SchemaVersion: z.literal('2018-10-08'),
  Id: text(512),
  ProductArn: text(2048),
  GeneratorId: text(512),
  AwsAccountId: z.string().regex(/^\d{12}$/),
  CreatedAt: timestamp,
  UpdatedAt: timestamp,
  FirstObservedAt: timestamp.optional(),
  LastObservedAt: timestamp.optional(),
  Title: text(256),
  Description: text(1024),
  Resources: z
    .array(z.object({ Type: text(256), Id: text(512), Partition: z.enum(['aws', 'aws-cn', 'aws-us-gov']).optional() }))
    .min(1)
    .max(32),
  Severity: severity.optional(),
  Types: types.optional(),
  Confidence: percentage.optional(),
  Criticality: percentage.optional(),
  RelatedFindings: relatedFindings.optional(),
  FindingProviderFields: z
    .object({
      Severity: severity.optional(),
      Types: types.optional(),
      Confidence: percentage.optional(),
      Criticality: percentage.optional(),
      RelatedFindings: relatedFindings.optional(),
    })
    .optional(),
  Compliance: z
    .object({
      Status: z.enum(['PASSED', 'WARNING', 'FAILED', 'NOT_AVAILABLE']).optional(),
      RelatedRequirements: z.array(text(64)).max(32).optional(),
      StatusReasons: z
        .array(z.object({ ReasonCode: text(100), Description: text(2048).optional() }))
        .max(20)
        .optional(),
      AssociatedStandards: z.array(z.unknown()).max(20).optional(),
    })
    .optional(),
  RecordState: z.enum(['ACTIVE', 'ARCHIVED']).optional(),
  ProductFields: z.record(text(128), z.string().max(2048)).optional(),
  UserDefinedFields: z.record(text(128), z.string().max(1024)).optional(),
  SourceUrl: text(2048).optional(),
  Remediation: z
    .object({ Recommendation: z.object({ Text: text(512).optional(), Url: text(2048).optional() }).optional() })
    .optional(),
  Note: z.object({ Text: text(512), UpdatedBy: text(512) }).optional(),
});

/** Why Security Hub would refuse one finding of a batch; undefined if it takes it. */
export function refusalOfFinding(candidate: unknown): string | undefined {
  const size = Buffer.byteLength(JSON.stringify(candidate) ?? '');
  if (size > LARGEST_FINDING) return `Finding size of ${size} bytes exceeds the maximum of ${LARGEST_FINDING}`;
  const parsed = finding.safeParse(candidate);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  const { Severity, Types, FindingProviderFields, ProductFields, UserDefinedFields } = parsed.data;
  if (Severity === undefined && FindingProviderFields?.Severity === undefined) return 'Severity: required';
  if (Types === undefined && FindingProviderFields?.Types === undefined) return 'Types: required';
  if (Object.keys(ProductFields ?? {}).length > 50) return 'ProductFields: at most 50';
  if (Object.keys(UserDefinedFields ?? {}).length > 50) return 'UserDefinedFields: at most 50';
  return undefined;
}
