import * as z from 'zod';

/** What the stack makes in Security Hub beside findings. An account has room for 100 insights (Security Hub quotas). */
export const securityHubSchema = z.strictObject({
  /** One insight for each question that an analyst asks. */
  insights: z.boolean().default(true),
});
