import type { Digest } from '../core/digest.ts';
import { CountersignError } from '../core/errors.ts';
import type { ImageEvent } from '../core/events/image-event.ts';
import { subjectOfTag } from '../core/events/subject-of-tag.ts';
import type { ImageName } from '../core/image-name.ts';
import { type Attachment, readAttachment } from '../core/images/read-attachment.ts';
import { type ArtifactSource, LIMITS, type Read, type StoredManifest } from '../core/images/source.ts';
import type { Observation } from '../core/images/verify-image.ts';

/** An image that an event is about, and the tag under which it was pushed, where the event names one. */
export interface ConcernedImage {
  readonly image: ImageName;
  readonly tag?: string | undefined;
  /** What was seen of it already: nothing more has to be read. */
  readonly seen?: Observation;
}

/**
 * Finds the images behind an event. A signature concerns its subject: cosign's tags name it, and so does the manifest of a referrer. Whatever could be run, or is not
 * understood, is looked at itself, also where it calls itself a signature: that is a name which everybody with push rights can give. Throws `unreadable` where a tag calls for
 * a look at its subject, which may be read, and at the manifest, which may not: another try is due.
 */
export async function findConcernedImages(
  event: ImageEvent,
  source: ArtifactSource,
): Promise<readonly ConcernedImage[]> {
  const byTag = subjectOfTag(event.tag);
  const own = { image: nameIn(event, event.digest) };
  // Of what was deleted there is no manifest left to read.
  if (event.kind === 'deleted') return [byTag === undefined ? own : { image: nameIn(event, byTag) }];
  const [read] = await source.readManifests([{ digest: event.digest }], LIMITS);
  if (byTag !== undefined) {
    if (isUnreadable(read)) throw new CountersignError('unreadable', `${event.digest}: ${read.failure.message}`);
    const subject = { image: nameIn(event, byTag) };
    return isHarmless(read) ? [subject] : [subject, own];
  }
  if (isUnreadable(read)) {
    const { code, message } = read.failure;
    return [{ ...own, tag: event.tag, seen: { kind: 'undecided', reason: { code: `image-${code}`, message } } }];
  }
  const attachment = describe(read);
  if (attachment?.subject === undefined) return [{ ...own, tag: event.tag }];
  const subject = { image: nameIn(event, attachment.subject) };
  if (attachment.runnable) return [subject, { ...own, tag: event.tag }];
  // It may be on record as an image that could not be decided, from before its manifest could be read.
  return event.kind === 'recheck' ? [subject, { ...own, seen: { kind: 'ignored' } }] : [subject];
}

/** The image of an event in a repository that is ignored: nothing is read of it, so nothing can fail. It may be on record from a time when it counted. */
export function ignoreImage(event: ImageEvent): readonly ConcernedImage[] {
  return [{ image: nameIn(event, event.digest), seen: { kind: 'ignored' } }];
}

function isUnreadable(read: Read<StoredManifest> | undefined): read is Extract<Read<StoredManifest>, { ok: false }> {
  return read !== undefined && !read.ok && (read.failure.code === 'transient' || read.failure.code === 'denied');
}

/** Whether nothing can be run from it. What we do not understand a runtime may. */
function isHarmless(read: Read<StoredManifest> | undefined): boolean {
  if (read === undefined || (!read.ok && read.failure.code === 'not-found')) return true;
  return describe(read)?.runnable === false;
}

function describe(read: Read<StoredManifest> | undefined): Attachment | undefined {
  return read?.ok ? readAttachment(read.value, LIMITS) : undefined;
}

function nameIn({ account, region, repository }: ImageEvent, digest: Digest): ImageName {
  return { account, region, repository, digest };
}
