import { type Digest, hexOf, isDigest } from '../../lambdas/core/digest.ts';
import {
  type Descriptor,
  inferManifestType,
  MANIFEST_TYPES,
  ManifestError,
  parseManifest,
} from '../../lambdas/core/images/manifest.ts';
import type { Limits } from '../../lambdas/core/images/source.ts';
import { SourceError, toSourceError } from './errors.ts';
import type { LayoutFiles } from './layout-files.ts';

const REF_NAME = 'org.opencontainers.image.ref.name';
/** How `cosign save` says what an entry is: `dev.cosignproject.cosign/image`, `/imageIndex`, `/sigs`, `/atts`. */
const COSIGN_KIND = 'kind';
const COSIGN_PREFIX = 'dev.cosignproject.cosign/';
/** Tags that hold signatures, attestations, SBOMs or referrers of an image instead of an image. */
const SIGNATURE_TAG = /^sha256-[0-9a-f]{64}(?:\.(?:sig|att|sbom))?$/;
const INDEX_TYPES: readonly string[] = [MANIFEST_TYPES.ociIndex, MANIFEST_TYPES.dockerList];
const MOST_INDEXES = 64;

/** One entry of `index.json`, or of an index below it. */
export interface LayoutEntry {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly tag: string | undefined;
  readonly cosign: string | undefined;
  /** 0 for entries of `index.json` itself. */
  readonly level: number;
}

/** What `index.json` says. */
export interface LayoutIndex {
  readonly entries: readonly LayoutEntry[];
  /** Digest by tag: names given in the layout, and cosign's tags for what `cosign save` stored beside an image. */
  readonly tags: ReadonlyMap<string, Digest>;
}

/** Reads `index.json`, and indexes below it down to `limits.depth` for the names they give. Throws SourceError where this is no layout. */
export async function readLayoutIndex(files: LayoutFiles, limits: Limits): Promise<LayoutIndex> {
  const top = await files.readTop('index.json', limits.manifestBytes);
  if (!(await files.isLayout())) {
    throw new SourceError('malformed', `${files.folder} is not an OCI layout: it has no folder blobs/sha256`);
  }
  if (!top.ok) throw toSourceError({ ...top.failure, message: `${files.folder}: ${top.failure.message}` });
  const marker = await files.readTop('oci-layout', 4096);
  // image-spec image-layout.md, "oci-layout file"
  if (!marker.ok || !/"imageLayoutVersion"\s*:\s*"1\./.test(Buffer.from(marker.value).toString('latin1'))) {
    throw new SourceError('malformed', `${files.folder} is not an OCI layout of version 1`);
  }
  const entries = takeEntries(parseIndex(top.value, limits, files.folder), 0);
  for (let level = 1, parents = entries; level <= limits.depth && parents.length > 0; level += 1) {
    parents = await readLevel(files, parents, level, limits);
    entries.push(...parents);
  }
  return { entries, tags: nameEntries(entries) };
}

/** The entries that may be the image someone means: not signatures, not what hangs on another entry, each digest once. */
export async function findImages(files: LayoutFiles, index: LayoutIndex, limits: Limits): Promise<LayoutEntry[]> {
  const images = new Map<Digest, LayoutEntry>();
  for (const entry of index.entries) {
    if (entry.level > 0 || entry.cosign === 'sigs' || entry.cosign === 'atts' || entry.cosign === 'sboms') continue;
    if (entry.tag !== undefined && SIGNATURE_TAG.test(entry.tag)) continue;
    if (images.get(entry.digest)?.tag !== undefined) continue;
    if (!(await isReferrer(files, entry, limits))) images.set(entry.digest, entry);
  }
  return [...images.values()];
}

/** Whether the manifest itself names a subject. One that cannot be read stays a choice: it will be refused when it is chosen. */
async function isReferrer(files: LayoutFiles, entry: LayoutEntry, limits: Limits): Promise<boolean> {
  const read = await files.readBlob(entry.digest, limits.manifestBytes, 'manifest-bytes');
  const mediaType = read.ok ? inferManifestType(read.value, limits) : undefined;
  if (!read.ok || mediaType === undefined) return false;
  try {
    return parseManifest({ mediaType, bytes: read.value }, limits).subject !== undefined;
  } catch (problem) {
    if (problem instanceof ManifestError) return false;
    throw problem;
  }
}

async function readLevel(
  files: LayoutFiles,
  parents: readonly LayoutEntry[],
  level: number,
  limits: Limits,
): Promise<LayoutEntry[]> {
  const below: LayoutEntry[] = [];
  const indexes = new Set(
    parents.filter(({ mediaType }) => INDEX_TYPES.includes(mediaType)).map(({ digest }) => digest),
  );
  for (const digest of [...indexes].slice(0, MOST_INDEXES)) {
    const read = await files.readBlob(digest, limits.manifestBytes, 'manifest-bytes');
    // A layout need not hold what its indexes point to, and a broken one is refused when it is chosen
    if (!read.ok) continue;
    try {
      below.push(...takeEntries(parseIndex(read.value, limits, digest), level));
    } catch (problem) {
      if (!(problem instanceof SourceError)) throw problem;
    }
  }
  return below.slice(0, limits.referrers);
}

function parseIndex(bytes: Uint8Array, limits: Limits, where: string): readonly Descriptor[] {
  try {
    const mediaType =
      inferManifestType(bytes, limits) === MANIFEST_TYPES.dockerList
        ? MANIFEST_TYPES.dockerList
        : MANIFEST_TYPES.ociIndex;
    const index = parseManifest({ mediaType, bytes }, limits);
    return index.kind === 'index' ? index.manifests : [];
  } catch (cause) {
    if (!(cause instanceof ManifestError)) throw cause;
    throw new SourceError('malformed', `${where}: the index is not an OCI index: ${cause.message}`, { cause });
  }
}

function takeEntries(descriptors: readonly Descriptor[], level: number): LayoutEntry[] {
  return descriptors.flatMap(({ digest, mediaType, annotations }) => {
    if (!isDigest(digest)) return [];
    const kind = annotations[COSIGN_KIND];
    const cosign = kind?.startsWith(COSIGN_PREFIX) ? kind.slice(COSIGN_PREFIX.length) : undefined;
    return [{ digest, mediaType, tag: annotations[REF_NAME], cosign, level }];
  });
}

/**
 * Names given at the top come before names given below, and the first of equal names counts. What `cosign save` stored belongs to the image before
 * it (cosign writes the image, then its signatures, then its attestations), or to the only image; the signature itself says whose it is.
 */
function nameEntries(entries: readonly LayoutEntry[]): ReadonlyMap<string, Digest> {
  const tags = new Map<string, Digest>();
  for (const { tag, digest } of entries) {
    if (tag !== undefined && !tags.has(tag)) tags.set(tag, digest);
  }
  const top = entries.filter(({ level }) => level === 0);
  const isImage = ({ cosign }: LayoutEntry) => cosign === 'image' || cosign === 'imageIndex';
  let image = top.find(isImage);
  for (const entry of top) {
    if (isImage(entry)) image = entry;
    const suffix = entry.cosign === 'sigs' ? 'sig' : entry.cosign === 'atts' ? 'att' : undefined;
    if (suffix === undefined || image === undefined) continue;
    const tag = `sha256-${hexOf(image.digest)}.${suffix}`;
    if (!tags.has(tag)) tags.set(tag, entry.digest);
  }
  return tags;
}
