import { z } from 'zod';
import { name, requirementSchema } from './requirement.ts';

/** A path relative to the document that holds it. */
const file = z.string().min(1).max(1024);

const demand = z.enum(['required', 'not-required']);

/**
 * A public key that signs. `kms` names the key for people and for `countersign trust pin`, which writes its public half to `file`;
 * nothing asks KMS while an image is verified. `transparencyLog` has no default: a key without a log leaves no public trace, and that is a choice.
 */
const keySigner = z
  .strictObject({
    key: z.strictObject({
      file,
      kms: z
        .string()
        .regex(/^arn:aws[a-z-]*:kms:/)
        .optional(),
    }),
    transparencyLog: demand,
    root: name.optional(),
  })
  .refine((signer) => signer.transparencyLog === 'not-required' || signer.root !== undefined, {
    message: 'transparencyLog: required needs root, the trusted root that knows the log',
    path: ['root'],
  });

/** Fulcio claims that must be equal to the letter (fulcio/docs/oid-info.md, .9 to .24). Ids are immutable, URIs are not. */
const claims = z.strictObject({
  buildSignerUri: z.string().optional(),
  buildSignerDigest: z.string().optional(),
  runnerEnvironment: z.string().optional(),
  sourceRepositoryUri: z.string().optional(),
  sourceRepositoryDigest: z.string().optional(),
  sourceRepositoryRef: z.string().optional(),
  sourceRepositoryId: z.string().optional(),
  sourceRepositoryOwnerUri: z.string().optional(),
  sourceRepositoryOwnerId: z.string().optional(),
  buildConfigUri: z.string().optional(),
  buildConfigDigest: z.string().optional(),
  buildTrigger: z.string().optional(),
  runInvocationUri: z.string().optional(),
  sourceRepositoryVisibility: z.string().optional(),
  deploymentEnvironment: z.string().optional(),
  tokenSubject: z.string().optional(),
});

/** A certificate identity: issuer and subject exactly, or the subject by an anchored RE2 expression. Log and SCT are required unless it says otherwise. */
const keylessSigner = z.strictObject({
  keyless: z
    .strictObject({
      root: name,
      issuer: z.string().min(1).max(2048),
      identity: z.string().min(1).max(2048).optional(),
      identityRegex: z.string().min(1).max(2048).optional(),
      claims: claims.optional(),
      transparencyLog: demand.default('required'),
      certificateTimestamp: demand.default('required'),
    })
    .refine((keyless) => (keyless.identity === undefined) !== (keyless.identityRegex === undefined), {
      message: 'give exactly one of identity and identityRegex',
    })
    .refine((keyless) => keyless.identityRegex === undefined || /^\^.*\$$/s.test(keyless.identityRegex), {
      message: 'anchor the expression: ^...$',
      path: ['identityRegex'],
    }),
});

export const signerSchema = z.union([keySigner, keylessSigner]);
export type Signer = z.infer<typeof signerSchema>;

/** An ECR repository name or a pattern of it: `*` stands for any characters within one path segment, `**` for any number of segments. */
const repositoryPattern = z
  .string()
  .max(256)
  .regex(/^[a-z0-9*][a-z0-9*._/-]*$/, 'use an ECR repository name, * within a path segment, ** across segments');

export const imagePolicySchema = z.strictObject({
  name,
  repositories: z.array(repositoryPattern).min(1).max(100),
  require: requirementSchema,
  /**
   * The images that an index lists, one for each platform. `covered`: a verified index verifies them, since its signature is over their digests.
   * `signed`: each has to fulfil the requirement itself.
   */
  platformImages: z.enum(['covered', 'signed']).default('covered'),
});
export type ImagePolicy = z.infer<typeof imagePolicySchema>;

/**
 * The trust policy: who may sign what. One document for the service (inside its configuration) and for the CLI (`--policy FILE`).
 * For a repository the first image policy whose pattern matches decides. Cross references (signers, roots) are checked by `checkTrustPolicy`.
 */
export const trustPolicySchema = z.strictObject({
  version: z.literal(1),
  roots: z.record(name, z.strictObject({ file })).default({}),
  signers: z.record(name, signerSchema),
  images: z.array(imagePolicySchema).min(1).max(500),
  /** What holds for a repository that no image policy names. No default: forgetting a repository must be a decision. */
  otherRepositories: z.enum(['ignore', 'refuse']),
});
export type TrustPolicy = z.infer<typeof trustPolicySchema>;
