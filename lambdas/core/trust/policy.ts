import * as z from 'zod';
import { durationText } from '../duration.ts';
import { name, requirementSchema } from './requirement.ts';
import { file, signerSchema } from './signer.ts';

/** An ECR repository name or a pattern of it: `*` stands for any characters within one path segment, `**` for any number of segments. */
export const repositoryPattern = z
  .string()
  .max(256)
  .regex(/^[a-z0-9*][a-z0-9*._/-]*$/, 'use an ECR repository name, * within a path segment, ** across segments');

/** A path in a TUF repository: no segment that leads upwards. */
const targetPath = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/,
    'use the name of a target: trusted_root.json',
  );

/** Where newer versions of a trusted root come from, and what makes them believable. */
const tufSchema = z.strictObject({
  mirror: z
    .string()
    .max(500)
    .regex(
      /^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._~/-]*)?$/,
      'use an https address without user, query and fragment',
    ),
  initialRoot: file,
  target: targetPath.default('trusted_root.json'),
  maxStale: durationText.default('14d'),
});
export type Tuf = z.infer<typeof tufSchema>;

export const imagePolicySchema = z.strictObject({
  name,
  repositories: z.array(repositoryPattern).min(1).max(100),
  require: requirementSchema,
  /**
   * The images that an index lists, one for each platform. `covered`: a verified index verifies them, since its signature is over their digests.
   * `signed`: each has to fulfil the requirement itself.
   */
  platformImages: z.enum(['covered', 'signed']).default('covered'),
  /** Who may except a single image by a signed, dated attestation on it, and for how long at most. */
  exceptions: z.strictObject({ approvedBy: name, longest: durationText }).optional(),
});
export type ImagePolicy = z.infer<typeof imagePolicySchema>;

/** An ARN of IAM or a pattern of it: `*` stands for any characters within one segment between slashes, `**` for any number of segments. */
const arnPattern = z
  .string()
  .max(1024)
  .regex(/^(?:\*\*|arn:[a-z*-]+:iam::[\d*]+:[!-~]+)$/, 'use an ARN of IAM with * within a segment, ** across segments');

export const baselinePolicySchema = z.strictObject({
  name,
  /** ARNs of principals and customer managed policies. */
  resources: z.array(arnPattern).min(1).max(100),
  /** Of signers only: what is signed is a statement of its own kind. */
  require: requirementSchema,
  /** Who may approve a state that differs from the baseline, and for how long at most. Without it nobody may. */
  approvals: z.strictObject({ require: requirementSchema, longest: durationText }).optional(),
});
export type BaselinePolicy = z.infer<typeof baselinePolicySchema>;

/**
 * The trust policy: who may sign what. One document for the service (inside its configuration) and for the CLI (`--policy FILE`).
 * For a repository the first image policy whose pattern matches decides. Cross references (signers, roots) are checked by `checkTrustPolicy`.
 */
export const trustPolicySchema = z.strictObject({
  version: z.literal(1),
  roots: z.record(name, z.strictObject({ file, tuf: tufSchema.optional() })).default({}),
  signers: z.record(name, signerSchema),
  images: z.array(imagePolicySchema).min(1).max(500),
  /** Whose signature makes the desired state of IAM. For an ARN the first entry whose pattern matches decides. */
  baselines: z.array(baselinePolicySchema).min(1).max(500).optional(),
  /** What holds for a repository that no image policy names. No default: forgetting a repository must be a decision. */
  otherRepositories: z.enum(['ignore', 'refuse']),
});
export type TrustPolicy = z.infer<typeof trustPolicySchema>;
