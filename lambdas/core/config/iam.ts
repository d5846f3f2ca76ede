import * as z from 'zod';
import { accountId } from '../aws-names.ts';
import { duration } from '../duration.ts';
import { alarms } from './alarms.ts';
import { arnPattern } from './arn-pattern.ts';

const seconds = z.number().int().positive();
const mode = z.enum(['observe', 'approve', 'enforce']);
const bucket = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'use the name of a bucket: lower-case letters, digits, hyphens');
const limits = z.strictObject({
  /** Plans that may be begun within an hour. */
  perHour: z.number().int().min(1).max(1000),
  /** A change of a managed policy that more principals hold waits for an operator. */
  mostHolders: z.number().int().min(1).max(1000),
});

/** Ways into the account that the hourly sweep tells of; nothing is changed for them. */
const checks = z.strictObject({
  /** Trust of other accounts, identity providers, Roles Anywhere and services. */
  trust: z.boolean().default(true),
  /** Who comes by administrator rights through something else. */
  escalation: z.boolean().default(true),
  /** Root, MFA, age and use of credentials. */
  credentials: z.boolean().default(true),
  /** Accounts of the organization: they need no external id. */
  ownAccounts: z.array(accountId).max(1000).default([]),
  /** Of an access key; in the file `90d`. */
  oldestKey: duration.prefault('90d'),
  longestUnused: duration.prefault('45d'),
});

/** A change of IAM that Countersign plants itself, to see whether it is reported. */
const heartbeat = z.strictObject({
  enabled: z.boolean().default(true),
  /** In the file `1d`. */
  every: duration.prefault('1d'),
  within: duration.prefault('30m'),
});

/** Longest delay of a message (SQS API Reference, SendMessage: `DelaySeconds`). */
const LONGEST_WAIT = 900;

/** What is done about changes of IAM. Modes have no default. */
export const iamSchema = z.strictObject({
  mode,
  /** The versioned bucket that `countersign baseline publish` writes to. Names: S3 User Guide, "Bucket naming rules". */
  baselines: z.strictObject({ bucket }),
  /** Principals and policies that are never changed: break-glass roles, the deployer. */
  protected: z.array(arnPattern).max(100).default([]),
  limits,
  checks: checks.prefault({}),
  heartbeat: heartbeat.prefault({}),
  /** How long a change that CloudFormation made may be incomplete before it is judged. */
  deploymentWait: duration
    .prefault('5m')
    .refine((wait) => wait <= LONGEST_WAIT, 'a deployment is waited for at most 15m'),
  /** Who is told in the region of the events of IAM, where a topic of the hub's region cannot be reached. */
  globalAlarms: alarms.optional(),
});

/** The same as it is compiled into the functions. */
export const compiledIam = z.strictObject({
  mode,
  bucket,
  protected: z.array(arnPattern),
  limits,
  /** Durations in seconds. */
  checks: checks.extend({ oldestKey: seconds, longestUnused: seconds }),
  heartbeat: heartbeat.extend({ every: seconds, within: seconds }),
  deploymentWait: seconds.max(LONGEST_WAIT),
});
export type CompiledIam = z.infer<typeof compiledIam>;
