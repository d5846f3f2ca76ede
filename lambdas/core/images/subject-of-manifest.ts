import { type Digest, isDigest } from '../digest.ts';
import { ManifestError, parseManifest } from './manifest.ts';
import type { Limits, StoredManifest } from './source.ts';

/** The digest that a manifest names as its subject (OCI image-spec, manifest.md), which makes it a referrer; undefined for images and for what is no manifest. */
export function readSubjectOf(stored: StoredManifest, limits: Limits): Digest | undefined {
  try {
    const digest = parseManifest(stored, limits).subject?.digest;
    return isDigest(digest) ? digest : undefined;
  } catch (thrown) {
    // A malformed manifest is nobody's signature; looking at it as an image says what is wrong with it.
    if (thrown instanceof ManifestError) return undefined;
    throw thrown;
  }
}
