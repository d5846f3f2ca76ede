import * as z from 'zod';

/** What is done about results of AWS Config. Modes have no default. */
export const awsConfigSchema = z.strictObject({
  /** Tells of each result beside the finding that Security Hub holds. Nothing is changed. */
  mode: z.literal('observe'),
});

export const compiledAwsConfig = awsConfigSchema;
export type CompiledAwsConfig = z.infer<typeof compiledAwsConfig>;
