import * as z from 'zod';
import { isDigest } from '../../lambdas/core/digest.ts';

const text = z.string().min(1).max(1024);

const common = {
  name: z.string().min(1).max(200),
  /** The repository by which the policy judges. */
  scope: z.string().min(1).max(512).optional(),
  expect: z.enum(['verified', 'unsigned', 'invalid', 'error', 'gone', 'ignored']),
  reason: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/, 'write a reason code: bad-signature')
    .optional(),
};
const scope = z.string().min(1).max(512);

/** An image in a registry, in a layout folder, or one signature over a digest, each with what is expected of it. */
export const caseSchema = z.union([
  z.strictObject({
    ...common,
    image: text.refine((ref) => !ref.startsWith('oci:'), 'a layout stands under the key layout'),
    index: text.optional(),
  }),
  z.strictObject({ ...common, layout: text, index: text.optional(), scope }),
  z.strictObject({
    ...common,
    bundle: text,
    digest: z.string().refine(isDigest, 'write the digest of the image: sha256:<64 hex digits>'),
    scope,
  }),
]);
export type TrustCase = z.infer<typeof caseSchema>;

/** A team's own cases of expected verdicts. */
export const trustTestSchema = z
  .strictObject({
    version: z.literal(1),
    /** Paths are relative to the document. */
    policy: text.optional(),
    trustedRoot: text.optional(),
    notationConfig: text.optional(),
    cases: z.array(caseSchema).min(1).max(1000),
  })
  .refine(({ policy, notationConfig }) => policy === undefined || notationConfig === undefined, {
    message: 'give one of policy and notationConfig',
    path: ['notationConfig'],
  })
  .refine(({ trustedRoot, notationConfig }) => trustedRoot === undefined || notationConfig === undefined, {
    message: 'goes with policy only',
    path: ['trustedRoot'],
  })
  .superRefine(({ cases }, context) => {
    const names = cases.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      context.addIssue({ code: 'custom', message: 'another case has this name', path: ['cases', index, 'name'] });
    }
  });
export type TrustTest = z.infer<typeof trustTestSchema>;
