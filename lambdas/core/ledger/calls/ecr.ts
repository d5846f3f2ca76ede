import { z } from 'zod';
import { accountId, regionName, repositoryName } from '../../aws-names.ts';
import { isDigest } from '../../digest.ts';

const image = {
  account: accountId,
  region: regionName,
  repository: repositoryName,
  digest: z.string().refine(isDigest),
};

/**
 * The calls to Amazon ECR that a plan may hold. Each names one image by its digest, so that none can reach another one, however tags move.
 *
 * - `PutImage` puts the manifest of the image once more, byte for byte, under one more tag.
 * - `BatchDeleteImage` with `tag` takes that tag away, and must not be the last one: ECR deletes an image with its last tag (ECR API Reference, BatchDeleteImage).
 *   Without `tag` it deletes the image.
 * - `UpdateImageStorageClass` archives an image, which can then be neither pulled nor read, or restores it (ECR User Guide, archiving images).
 */
export const ecrCall = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('ecr:PutImage'), ...image, tag: z.string().regex(/^[a-z0-9][a-z0-9-]{0,127}$/) }),
  z.strictObject({
    action: z.literal('ecr:BatchDeleteImage'),
    ...image,
    tag: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,127}$/)
      .optional(),
  }),
  z.strictObject({
    action: z.literal('ecr:UpdateImageStorageClass'),
    ...image,
    storageClass: z.enum(['ARCHIVE', 'STANDARD']),
  }),
]);
export type EcrCall = z.infer<typeof ecrCall>;

/** An ECR call in words, as the end of "it would …". */
export function describeEcrCall(call: EcrCall): string {
  const name = `${call.repository}@${call.digest.slice(0, 19)}`;
  switch (call.action) {
    case 'ecr:PutImage':
      return `tag ${name} as ${call.tag}`;
    case 'ecr:BatchDeleteImage':
      return call.tag === undefined ? `delete ${name} for good` : `take the tag ${call.tag} from ${name}`;
    case 'ecr:UpdateImageStorageClass':
      return call.storageClass === 'ARCHIVE'
        ? `archive ${name}, so that it cannot be pulled`
        : `restore ${name} from the archive`;
  }
}
