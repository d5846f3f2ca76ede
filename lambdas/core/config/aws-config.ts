import * as z from 'zod';

/** What is done about AWS Config. Modes have no default. */
export const awsConfigSchema = z.strictObject({
  /** Tells of each result beside the finding that Security Hub holds. Nothing is changed. */
  mode: z.literal('observe'),
  /** Shows our own verdicts in AWS Config, as custom rules. */
  evaluations: z.boolean().default(false),
});

export const compiledAwsConfig = awsConfigSchema.extend({ evaluations: z.boolean() });
export type CompiledAwsConfig = z.infer<typeof compiledAwsConfig>;
