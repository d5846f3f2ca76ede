import * as z from 'zod';
import { repositoryName } from '../aws-names.ts';
import { digest, tag } from './envelope.ts';
import type { ImageEvent } from './image-event.ts';

/** An untagged push has no tag, an empty one or null, depending on the source of the sample: all three mean the same. */
const optionalTag = z
  .union([z.literal(''), z.null(), tag])
  .optional()
  .transform((text) => text || undefined);

/**
 * The detail of `ECR Image Action`, `ECR Referrer Action` and `ECR Artifact Action` (EventBridge Events Reference, Amazon ECR): one form.
 * The media types in it are not read: the manifest says what it is.
 */
export const ecrAction = z.object({
  result: z.enum(['SUCCESS', 'FAILURE']),
  'repository-name': repositoryName,
  'image-digest': digest,
  'action-type': z.string().min(1).max(100),
  'image-tag': optionalTag,
});

export const ECR_ACTION_TYPES = ['ECR Image Action', 'ECR Referrer Action', 'ECR Artifact Action'] as const;

/** What an ECR action means, or why it changes nothing. */
export function readAction(detail: z.infer<typeof ecrAction>): ImageEvent['kind'] | { readonly nothing: string } {
  if (detail.result !== 'SUCCESS') return { nothing: 'the action failed' };
  switch (detail['action-type']) {
    case 'PUSH':
      return 'pushed';
    case 'DELETE':
      return 'deleted';
    default:
      return { nothing: `${detail['action-type']} changes no digest and no signature` };
  }
}
