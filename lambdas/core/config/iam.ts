import * as z from 'zod';
import { alarms } from './alarms.ts';

const mode = z.enum(['observe', 'approve', 'enforce']);
const bucket = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'use the name of a bucket: lower-case letters, digits, hyphens');
const arnPattern = z
  .string()
  .regex(/^arn:[a-z*-]+:iam::[\d*]+:[!-~]{1,600}$/, 'use an ARN of IAM, with * and ? as IAM has them');
const limits = z.strictObject({
  /** Plans that may be begun within an hour. */
  perHour: z.number().int().min(1).max(1000),
  /** A change of a managed policy that more principals hold waits for an operator. */
  mostHolders: z.number().int().min(1).max(1000),
});

/** What is done about changes of IAM. Modes have no default. */
export const iamSchema = z.strictObject({
  mode,
  /** The versioned bucket that `countersign baseline publish` writes to. Names: S3 User Guide, "Bucket naming rules". */
  baselines: z.strictObject({ bucket }),
  /** Principals and policies that are never changed: break-glass roles, the deployer. */
  protected: z.array(arnPattern).max(100).default([]),
  limits,
  /** Who is told in the region of the events of IAM, where a topic of the hub's region cannot be reached. */
  globalAlarms: alarms.optional(),
});

/** The same as it is compiled into the functions. */
export const compiledIam = z.strictObject({ mode, bucket, protected: z.array(arnPattern), limits });
export type CompiledIam = z.infer<typeof compiledIam>;
