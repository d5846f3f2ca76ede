import * as z from 'zod';
import { name } from './requirement.ts';
import {
  buildkiteSchema,
  expandBuildkite,
  expandGithub,
  expandGitlab,
  expandGoogle,
  expandSpiffe,
  githubSchema,
  gitlabSchema,
  googleSchema,
  spiffeSchema,
} from './signer-presets.ts';

/** A path relative to the document that holds it. */
export const file = z.string().min(1).max(1024);

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

/**
 * A Notary Project signer, as its trust policy at level strict has it: the certificates of the trust stores, by their kind, and the identities under them
 * (`x509.subject: C=..., ST=..., O=...`, or the ARN of a signing profile of AWS Signer).
 */
const notationSigner = z.strictObject({
  notation: z
    .strictObject({
      ca: z.array(file).min(1).max(20).optional(),
      signingAuthority: z.array(file).min(1).max(20).optional(),
      tsa: z.array(file).min(1).max(20).optional(),
      identities: z.array(z.string().min(1).max(4096)).min(1).max(100),
      revocation: demand.default('required'),
    })
    .refine(({ ca, signingAuthority }) => ca !== undefined || signingAuthority !== undefined, {
      message: 'give ca or signingAuthority, the certificates that signatures lead to',
    }),
});

/** CI systems and workload identities by their own words; each stands for a keyless signer. */
const presetSigner = z.union([
  z.strictObject({ github: githubSchema }).transform(({ github }) => ({ keyless: expandGithub(github) })),
  z.strictObject({ gitlab: gitlabSchema }).transform(({ gitlab }) => ({ keyless: expandGitlab(gitlab) })),
  z
    .strictObject({ buildkite: buildkiteSchema })
    .transform(({ buildkite }) => ({ keyless: expandBuildkite(buildkite) })),
  z.strictObject({ google: googleSchema }).transform(({ google }) => ({ keyless: expandGoogle(google) })),
  z.strictObject({ spiffe: spiffeSchema }).transform(({ spiffe }) => ({ keyless: expandSpiffe(spiffe) })),
]);

export const signerSchema = z.union([keySigner, keylessSigner, notationSigner, presetSigner]);
/** A signer as it is verified: a key, a certificate identity into which presets are expanded, or a Notary Project signer. */
export type Signer = z.infer<typeof keySigner> | z.infer<typeof keylessSigner> | z.infer<typeof notationSigner>;
export type NotationSigner = z.infer<typeof notationSigner>['notation'];
