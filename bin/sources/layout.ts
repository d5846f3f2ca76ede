import { stat } from 'node:fs/promises';
import { type Digest, isDigest } from '../../lambdas/core/digest.ts';
import { inferManifestType, ManifestError, parseManifest } from '../../lambdas/core/images/manifest.ts';
import {
  checkBlob,
  failed,
  keepWithin,
  mapConcurrently,
  readBlobsWithin,
} from '../../lambdas/core/images/read-bytes.ts';
import {
  type ArtifactSource,
  LIMITS,
  type Limits,
  type ListedReferrer,
  type Read,
  type Reference,
  type ReferrerListing,
  type StoredManifest,
} from '../../lambdas/core/images/source.ts';
import { SourceError } from './errors.ts';
import { LayoutFiles } from './layout-files.ts';
import { findImages, type LayoutEntry, type LayoutIndex, readLayoutIndex } from './layout-index.ts';

const FILES_AT_ONCE = 8;

/** An opened layout and the image in it that was named. */
export interface OpenedLayout {
  readonly source: ArtifactSource;
  readonly digest: Digest;
}

/**
 * Opens `DIR`, `DIR@sha256:…` or `DIR:tag`, where DIR is an OCI layout folder: plain, as `oras copy -r` leaves it (referrers among the manifests),
 * or as `cosign save` does (signatures and attestations beside the image). Without a digest or a tag the layout must hold one image. Throws
 * `bad-reference`, `not-found`, `ambiguous` (naming the choices) or `malformed`.
 */
export async function openLayout(text: string, limits: Limits = LIMITS): Promise<OpenedLayout> {
  const { folder, tag, digest } = await splitLayoutReference(text);
  const files = new LayoutFiles(folder);
  const index = await readLayoutIndex(files, limits);
  const source = layoutSource(files, index);
  if (digest !== undefined) return { source, digest };
  if (tag === undefined) return { source, digest: pickImage(await findImages(files, index, limits), folder) };
  const tagged = index.tags.get(tag);
  if (tagged !== undefined) return { source, digest: tagged };
  throw new SourceError(
    'not-found',
    `${folder} has nothing under the tag ${tag}. It has: ${[...index.tags.keys()].join(', ') || 'no tags'}`,
  );
}

/** What follows the last colon is a tag, unless the whole is the name of a folder. */
async function splitLayoutReference(text: string): Promise<{ folder: string; tag?: string; digest?: Digest }> {
  const at = text.lastIndexOf('@');
  const digest = text.slice(at + 1);
  if (at > 0 && isDigest(digest)) return { folder: text.slice(0, at), digest };
  if (text === '') throw new SourceError('bad-reference', 'after oci: comes a folder');
  if (await isFolder(text)) return { folder: text };
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', colon + 1)) {
    const folder = text.slice(0, colon);
    if (folder !== '' && colon + 1 < text.length && (await isFolder(folder)))
      return { folder, tag: text.slice(colon + 1) };
  }
  throw new SourceError('not-found', `there is no folder ${text.slice(0, 300)}`);
}

async function isFolder(path: string): Promise<boolean> {
  const [found] = await Promise.allSettled([stat(path)]);
  return found.status === 'fulfilled' && found.value.isDirectory();
}

function pickImage(images: readonly LayoutEntry[], folder: string): Digest {
  const [only, ...others] = images;
  if (only === undefined) throw new SourceError('not-found', `${folder} holds no image`);
  if (others.length === 0) return only.digest;
  const choices = images.map(({ tag, digest }) => (tag === undefined ? digest : `${digest} (${tag})`));
  throw new SourceError(
    'ambiguous',
    `${folder} holds ${images.length} images, name one: ${choices.slice(0, 20).join(', ')}`,
  );
}

function layoutSource(files: LayoutFiles, index: LayoutIndex): ArtifactSource {
  const types = new Map(index.entries.map(({ digest, mediaType }) => [digest, mediaType]));
  const readOne = async (reference: Reference, limits: Limits): Promise<Read<StoredManifest>> => {
    const digest = 'digest' in reference ? reference.digest : index.tags.get(reference.tag);
    if (digest === undefined) return failed('not-found', 'the layout has no such tag');
    const read = await files.readBlob(digest, limits.manifestBytes, 'manifest-bytes');
    if (!read.ok) return read;
    const mediaType = inferManifestType(read.value, limits) ?? types.get(digest);
    if (mediaType === undefined) return failed('malformed', `${digest} is not a manifest`);
    return { ok: true, value: { digest, mediaType, bytes: read.value } };
  };
  return {
    name: files.folder,
    async readManifests(references, limits) {
      return keepWithin(await mapConcurrently(references, FILES_AT_ONCE, (one) => readOne(one, limits)), limits);
    },
    listReferrers: (subject, limits) => scanForReferrers(files, subject, limits),
    readBlobs(blobs, limits) {
      return readBlobsWithin(blobs, limits, FILES_AT_ONCE, async (blob) => {
        const read = await files.readBlob(blob.digest, blob.size, 'blob-bytes');
        return read.ok ? checkBlob(read.value, blob) : read;
      });
    },
  };
}

/**
 * Looks through all blobs for manifests whose subject is this image: a layout need not list referrers in `index.json`. Blobs that are too
 * big for a manifest or do not begin like JSON are passed over; reading ends at `totalBytes`.
 */
async function scanForReferrers(files: LayoutFiles, subject: Digest, limits: Limits): Promise<Read<ReferrerListing>> {
  const referrers: ListedReferrer[] = [];
  const deadline = AbortSignal.timeout(limits.milliseconds);
  let bytes = 0;
  try {
    for (const digest of await files.listBlobs()) {
      if (deadline.aborted) return { ok: true, value: { referrers, truncatedBy: 'milliseconds' } };
      const size = await files.sizeIfJson(digest);
      if (size === undefined || size > limits.manifestBytes) continue;
      bytes += size;
      if (bytes > limits.totalBytes) return { ok: true, value: { referrers, truncatedBy: 'total-bytes' } };
      const read = await files.readBlob(digest, limits.manifestBytes, 'manifest-bytes');
      if (!read.ok || subjectOf(read.value, limits) !== subject) continue;
      referrers.push({ digest, artifactType: undefined, size });
      if (referrers.length > limits.referrers) {
        return { ok: true, value: { referrers: referrers.slice(0, limits.referrers), truncatedBy: 'referrers' } };
      }
    }
    return { ok: true, value: { referrers } };
  } catch (thrown) {
    return failed('transient', `the blobs could not be listed: ${thrown instanceof Error ? thrown.message : ''}`);
  }
}

/** The subject of a manifest; undefined for everything that is not a manifest with one. */
function subjectOf(bytes: Uint8Array, limits: Limits): string | undefined {
  const mediaType = inferManifestType(bytes, limits);
  if (mediaType === undefined) return undefined;
  try {
    return parseManifest({ mediaType, bytes }, limits).subject?.digest;
  } catch (problem) {
    if (problem instanceof ManifestError) return undefined;
    throw problem;
  }
}
