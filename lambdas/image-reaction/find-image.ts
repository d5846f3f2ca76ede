import type { Digest } from '../core/digest.ts';
import type { ImageEvent } from '../core/events/image-event.ts';
import { subjectOfTag } from '../core/events/subject-of-tag.ts';
import type { ImageName } from '../core/image-name.ts';
import { type ArtifactSource, LIMITS } from '../core/images/source.ts';
import { readSubjectOf } from '../core/images/subject-of-manifest.ts';

/** The image that an event is about, and its tag where the event names one of the image itself. */
export interface ConcernedImage {
  readonly image: ImageName;
  readonly tag: string | undefined;
}

/**
 * Finds the image behind an event: cosign's tags name it, and a manifest with a subject is a referrer of it. Anything else is an image itself, also where the
 * manifest cannot be read: looking at a digest that is none costs one call, and overlooking one would be worse.
 */
export async function findConcernedImage(event: ImageEvent, source: ArtifactSource): Promise<ConcernedImage> {
  const byTag = subjectOfTag(event.tag);
  if (byTag !== undefined) return { image: name(event, byTag), tag: undefined };
  if (event.kind === 'pushed') {
    const [read] = await source.readManifests([{ digest: event.digest }], LIMITS);
    const subject = read?.ok ? readSubjectOf(read.value, LIMITS) : undefined;
    if (subject !== undefined) return { image: name(event, subject), tag: undefined };
  }
  return { image: name(event, event.digest), tag: event.tag };
}

function name({ account, region, repository }: ImageEvent, digest: Digest): ImageName {
  return { account, region, repository, digest };
}
