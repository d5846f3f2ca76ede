import type { Digest } from '../../lambdas/core/digest.ts';
import { inferManifestType, type Manifest, ManifestError, parseManifest } from '../../lambdas/core/images/manifest.ts';
import { LIMITS } from '../../lambdas/core/images/source.ts';
import { SourceError, toSourceError } from './errors.ts';
import { LayoutFiles } from './layout-files.ts';
import { readLayoutIndex } from './layout-index.ts';

/** A manifest of a layout with what a registry needs beside it. */
export interface LayoutArtifact {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly manifest: Uint8Array;
  /** Config and layers, as far as the layout holds them. */
  readonly blobs: readonly Uint8Array[];
  readonly tag?: string;
}

/** Everything is held in memory. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * Reads everything in a layout folder as it can be pushed to a registry: images before the indexes that list them, a manifest with several tags once for each.
 * Throws SourceError: `malformed`, or `too-large` beyond 512 MiB.
 */
export async function readLayoutArtifacts(folder: string): Promise<readonly LayoutArtifact[]> {
  const files = new LayoutFiles(folder);
  const { tags } = await readLayoutIndex(files, LIMITS);
  const found = await readManifests(files);
  const budget = { bytes: MOST_BYTES };
  const artifacts: LayoutArtifact[] = [];
  for (const { digest, bytes, manifest } of sortByNeed(found)) {
    const blobs = await readBlobs(files, manifest, budget);
    const names = [...tags].flatMap(([tag, of]) => (of === digest ? [tag] : []));
    const artifact = { digest, mediaType: manifest.mediaType, manifest: bytes, blobs };
    artifacts.push(...(names.length === 0 ? [artifact] : names.map((tag) => ({ ...artifact, tag }))));
  }
  return artifacts;
}

interface FoundManifest {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

async function readManifests(files: LayoutFiles): Promise<readonly FoundManifest[]> {
  const found: FoundManifest[] = [];
  for (const digest of await files.listBlobs()) {
    const size = await files.sizeIfJson(digest);
    if (size === undefined || size > LIMITS.manifestBytes) continue;
    const read = await files.readBlob(digest, LIMITS.manifestBytes, 'manifest-bytes');
    if (!read.ok) throw toSourceError(read.failure);
    const mediaType = inferManifestType(read.value, LIMITS);
    const manifest = mediaType === undefined ? undefined : tryParse(mediaType, read.value);
    if (manifest !== undefined) found.push({ digest, bytes: read.value, manifest });
  }
  return found;
}

/** Configs and attestations are JSON too: what is no manifest is a blob of one. */
function tryParse(mediaType: string, bytes: Uint8Array): Manifest | undefined {
  try {
    return parseManifest({ mediaType, bytes }, LIMITS);
  } catch (problem) {
    if (problem instanceof ManifestError) return undefined;
    throw problem;
  }
}

/** Each manifest after those that it lists. A digest cannot list itself, so each round places at least one. */
function sortByNeed(found: readonly FoundManifest[]): readonly FoundManifest[] {
  const here = new Set<string>(found.map(({ digest }) => digest));
  const placed = new Set<string>();
  const sorted: FoundManifest[] = [];
  for (let left = found; left.length > 0; left = left.filter(({ digest }) => !placed.has(digest))) {
    const ready = left.filter(({ manifest }) =>
      listed(manifest).every((digest) => placed.has(digest) || !here.has(digest)),
    );
    if (ready.length === 0) throw new SourceError('malformed', 'the indexes of the layout list each other');
    for (const one of ready) placed.add(one.digest);
    sorted.push(...ready);
  }
  return sorted;
}

function listed(manifest: Manifest): readonly string[] {
  return manifest.kind === 'index' ? manifest.manifests.map(({ digest }) => digest) : [];
}

async function readBlobs(files: LayoutFiles, manifest: Manifest, budget: { bytes: number }): Promise<Uint8Array[]> {
  if (manifest.kind === 'index') return [];
  const wanted = new Set([manifest.configDigest, ...manifest.layers.map(({ digest }) => digest)]);
  const blobs: Uint8Array[] = [];
  for (const digest of await files.listBlobs()) {
    if (!wanted.has(digest)) continue;
    const read = await files.readBlob(digest, budget.bytes, 'total-bytes');
    if (!read.ok) throw toSourceError(read.failure);
    budget.bytes -= read.value.length;
    blobs.push(read.value);
  }
  return blobs;
}
