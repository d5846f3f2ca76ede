import * as z from 'zod';
import { repositoryName } from '../aws-names.ts';
import type { ImageName } from '../image-name.ts';
import { digest, tag } from './envelope.ts';

export const RECHECK_SOURCE = 'countersign';
export const RECHECK_TYPE = 'Countersign Image Recheck';

/** The detail of our own message: look at this image again. */
export const recheck = z.object({
  'repository-name': repositoryName,
  'image-digest': digest,
  'image-tag': tag.optional(),
});

/**
 * The message that asks for an image to be looked at again, in the form of an event, so that one queue and one parser serve both. `signatureTag` is given where it
 * wears the tag of a signature, which says more than its manifest.
 */
export function writeRecheck(image: ImageName, now: number, signatureTag?: string): string {
  return JSON.stringify({
    version: '0',
    id: `recheck-${now}-${image.digest.slice(7, 19)}`,
    source: RECHECK_SOURCE,
    'detail-type': RECHECK_TYPE,
    account: image.account,
    region: image.region,
    time: new Date(now).toISOString(),
    resources: [],
    detail: {
      'repository-name': image.repository,
      'image-digest': image.digest,
      ...(signatureTag !== undefined && { 'image-tag': signatureTag }),
    },
  });
}
