import * as z from 'zod';
import { duration, lifetime } from '../duration.ts';
import { arnPattern } from './arn-pattern.ts';

const mode = z.enum(['observe', 'approve', 'enforce']);

/** What may be done about credentials in foreign hands. */
const credentials = z.strictObject({
  mode,
  /** How long a containment lasts, unless an operator extends it; in the file `60m`. */
  expires: duration.prefault('60m').pipe(lifetime),
  /** Of a role: the one session that GuardDuty names, or all that were issued before. */
  sessions: z.enum(['one', 'all']).default('one'),
});

const containment = z.strictObject({
  credentials,
  /** Principals that are never contained automatically: break-glass roles, the deployer. */
  protected: z.array(arnPattern).max(100).default([]),
  limits: z.strictObject({
    /** Containments that may be begun within an hour. */
    perHour: z.number().int().min(1).max(1000),
  }),
});

/** What is done about findings of GuardDuty. Modes have no default. */
export const guardDutySchema = z.strictObject({
  /** Judges each finding and tells of it. What may be done about it is `containment`. */
  mode: z.literal('observe'),
  /** 0 to 100. What GuardDuty itself is less sure of is set aside. */
  leastConfidence: z.number().int().min(0).max(100).default(50),
  /** Absent: nobody is contained, and nothing that could is deployed. */
  containment: containment.optional(),
});

/** The same as it is compiled; durations in seconds. */
export const compiledGuardDuty = guardDutySchema.extend({
  containment: containment.extend({ credentials: credentials.extend({ expires: lifetime }) }).optional(),
});
export type CompiledGuardDuty = z.infer<typeof compiledGuardDuty>;
export type CompiledContainment = NonNullable<CompiledGuardDuty['containment']>;
