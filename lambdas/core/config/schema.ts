import * as z from 'zod';
import { duration } from '../duration.ts';
import { quarantineSchema } from './quarantine.ts';

const alarms = z.union([
  z.strictObject({ email: z.email() }),
  z.strictObject({ topicArn: z.string().regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:.+$/) }),
]);

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
  iam: z
    .strictObject({
      /** What may be done about drift. */
      mode: z.literal('observe'),
      baselines: z.strictObject({
        /** The versioned bucket that `countersign baseline publish` writes to. Names: S3 User Guide, "Bucket naming rules". */
        bucket: z
          .string()
          .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'use the name of a bucket: lower-case letters, digits, hyphens'),
      }),
      /** Who is told in the region of the events of IAM, where a topic of the hub's region cannot be reached. */
      globalAlarms: alarms.optional(),
    })
    .optional(),
  /** Who is told when the service itself needs help. */
  alarms,
  logs: z.strictObject({
    retentionDays: z.union([z.literal(30), z.literal(90), z.literal(180), z.literal(365), z.literal(731)]),
  }),
});
export type Config = z.infer<typeof configSchema>;
