import { z } from 'zod';
import { duration } from '../duration.ts';
import { repositoryPattern } from '../trust/policy.ts';
import { name } from '../trust/requirement.ts';

/** The rungs of the ladder, each with those before it. */
const rung = z.enum(['tag', 'archive', 'delete']);
/** Modes have no default. `delete` always waits for an operator, also in `enforce`. */
const mode = z.enum(['observe', 'approve', 'enforce']);
const limit = z.number().int().min(1).max(1000);
/** What may be done about images that fail their policy. Absent: nothing, and nothing that could is deployed. */
export const quarantineSchema = z.strictObject({
  /** By the name of the image policy in the trust policy. A policy that is not named has no quarantine. */
  policies: z.record(name, z.strictObject({ mode, upTo: rung })),
  /** Images in these are never touched. */
  protectedRepositories: z.array(repositoryPattern).max(100).default([]),
  /** How many images may be changed within an hour: by all that one image policy asks for, and in one repository. */
  limits: z.strictObject({ perPolicyAndHour: limit, perRepositoryAndHour: limit }),
  /** An image that was pulled more recently than this is in use. Absent: only running tasks and functions count. */
  notPulledFor: duration.optional(),
});

/** The same as it is compiled; durations in seconds. */
export const compiledQuarantine = quarantineSchema.extend({ notPulledFor: z.number().int().positive().optional() });
export type CompiledQuarantine = z.infer<typeof compiledQuarantine>;
