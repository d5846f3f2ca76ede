import * as z from 'zod';

/** What is done about findings of GuardDuty. Modes have no default. */
export const guardDutySchema = z.strictObject({
  /** Judges each finding and tells of it. Nothing is changed. */
  mode: z.literal('observe'),
  /** 0 to 100. What GuardDuty itself is less sure of is set aside. */
  leastConfidence: z.number().int().min(0).max(100).default(50),
});

export const compiledGuardDuty = guardDutySchema;
export type CompiledGuardDuty = z.infer<typeof compiledGuardDuty>;
