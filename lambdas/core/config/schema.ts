import * as z from 'zod';
import { duration } from '../duration.ts';
import { alarms } from './alarms.ts';
import { awsConfigSchema } from './aws-config.ts';
import { guardDutySchema } from './guardduty.ts';
import { iamSchema } from './iam.ts';
import { quarantineSchema } from './quarantine.ts';
import { securityHubSchema } from './security-hub.ts';

/** `countersign.config.yaml`. Unknown keys are errors. Modes have no default. */
export const configSchema = z.strictObject({
  version: z.literal(1),
  images: z.strictObject({
    /** What the verification itself does: a finding and nothing more. What may be done about it is `quarantine`. */
    mode: z.literal('observe'),
    /** How long a pushed image may stay without a signature before it counts as unsigned. 1 second to 24 hours. */
    grace: duration.refine((seconds) => seconds <= 86_400, 'at most 24h'),
    /** The trust policy, a path relative to this file. */
    trustPolicy: z.string().min(1).max(1024),
    quarantine: quarantineSchema.optional(),
  }),
  /** Without this section IAM is left alone. */
  iam: iamSchema.optional(),
  /** Without this section findings of GuardDuty are left alone. */
  guardDuty: guardDutySchema.optional(),
  /** Without this section results of AWS Config are left alone. */
  config: awsConfigSchema.optional(),
  /** What the stack makes in Security Hub itself. */
  securityHub: securityHubSchema.optional(),
  /** Who is told when the service itself needs help. */
  alarms,
  logs: z.strictObject({
    retentionDays: z.union([z.literal(30), z.literal(90), z.literal(180), z.literal(365), z.literal(731)]),
  }),
});
export type Config = z.infer<typeof configSchema>;
