import * as z from 'zod';
import type { SignerFacts } from '../../signature/outcome.ts';
import { normalizeSource, type Provenance } from './provenance.ts';
import { parseVersionRange } from './version-range.ts';

const text = z.string().min(1).max(2048);

/** What a policy demands of SLSA provenance, v0.2 or v1. Each line that is given must hold; a line that the provenance does not answer does not hold. */
export const provenanceDemandSchema = z
  .strictObject({
    /** The builder's id to the letter. Without its `@refs/tags/...` where `builderVersion` is given. */
    builder: text.optional(),
    /** Versions of the builder, by the tag in its id: `>=2.0.0 <3.0.0`. Only released versions count. */
    builderVersion: text
      .refine((range) => parseVersionRange(range) !== undefined, 'write comparisons of full versions: >=2.0.0 <3.0.0')
      .optional(),
    buildType: text.optional(),
    /** The repository that was built: `github.com/acme/app`. */
    source: text
      .refine((source) => normalizeSource(source) !== undefined, 'write a repository: github.com/acme/app')
      .optional(),
    /** One of these four: the whole ref, a branch, a tag, or a tag and all that are more exact (`v1.2` is met by `v1.2.7`). */
    ref: text.optional(),
    branch: text.optional(),
    tag: text.optional(),
    versionedTag: z
      .string()
      .regex(/^v?\d{1,9}(?:\.\d{1,9}){0,2}$/, 'write a version or its beginning: v1.2')
      .optional(),
    trigger: text.optional(),
    /** Inputs of the build, to the letter. Others may be there too. */
    inputs: z.record(z.string().min(1).max(256), z.union([z.string().max(2048), z.number(), z.boolean()])).optional(),
  })
  .refine(
    ({ ref, branch, tag, versionedTag }) =>
      [ref, branch, tag, versionedTag].filter((one) => one !== undefined).length < 2,
    { message: 'give one of ref, branch, tag and versionedTag' },
  )
  .refine(({ builder, builderVersion }) => builderVersion === undefined || builder !== undefined, {
    message: 'builderVersion needs builder',
    path: ['builderVersion'],
  });

export type ProvenanceDemand = z.infer<typeof provenanceDemandSchema> & {
  /** A demand that no document can make: where it is not met, in words. The command line's, for flags of another tool with a meaning of their own. */
  readonly also?: (provenance: Provenance, signer: SignerFacts) => string | undefined;
};
