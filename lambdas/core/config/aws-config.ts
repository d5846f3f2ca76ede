import * as z from 'zod';
import { PLAYBOOK_NAMES } from '../playbook-names.ts';

const fields = z.strictObject({
  /** Tells of each result beside the finding that Security Hub holds. What may be done about it is `playbooks`. */
  mode: z.literal('observe'),
  /** Shows our own verdicts in AWS Config, as custom rules. */
  evaluations: z.boolean().default(false),
  /** What is done about faults, by kind. One that is not named is left alone. Modes have no default. */
  playbooks: z
    .partialRecord(z.enum(PLAYBOOK_NAMES), z.strictObject({ mode: z.enum(['observe', 'approve', 'enforce']) }))
    .optional(),
  /** Plans of one playbook that may be begun within an hour. */
  limits: z.strictObject({ perHour: z.number().int().min(1).max(1000) }).optional(),
  /** Resources that are never changed, by their ARNs. */
  protected: z
    .array(z.string().regex(/^arn:[!-~]{1,600}$/, 'use an ARN, with * and ? as IAM has them'))
    .max(100)
    .optional(),
  /** Tags by which Terraform marks what is its own: it gets its fix as a proposal. */
  ownerTags: z
    .array(z.strictObject({ key: z.string().min(1).max(128), value: z.string().max(256).optional() }))
    .max(20)
    .optional(),
});

/** What is done about AWS Config. Modes have no default. */
export const awsConfigSchema = fields.refine(
  ({ playbooks, limits }) => playbooks === undefined || limits !== undefined,
  { path: ['limits'], error: 'playbooks need a limit of how many plans may be begun within an hour' },
);

export const compiledAwsConfig = fields.extend({ evaluations: z.boolean() });
export type CompiledAwsConfig = z.infer<typeof compiledAwsConfig>;
