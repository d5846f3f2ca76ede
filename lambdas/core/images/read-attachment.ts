import { type Digest, digestOf, isDigest } from '../digest.ts';
import { type Manifest, ManifestError, parseManifest } from './manifest.ts';
import type { Limits, StoredManifest } from './source.ts';

/** What a manifest is, as far as it matters to whom it concerns. */
export interface Attachment {
  /** The digest that it names as its subject (OCI image-spec, manifest.md). */
  readonly subject: Digest | undefined;
  /** Whether a container runtime would unpack it. Naming a subject, or wearing the tag of a signature, does not make an image harmless. */
  readonly runnable: boolean;
}

/**
 * Tells whether a manifest hangs on another one and whether it could be run as an image itself. Undefined for what is no manifest: looking at that as an image
 * says what is wrong with it. An index is not runnable by itself: what it lists is pushed, and looked at, on its own.
 */
export function readAttachment(stored: StoredManifest, limits: Limits): Attachment | undefined {
  try {
    const manifest = parseManifest(stored, limits);
    const digest = manifest.subject?.digest;
    return { subject: isDigest(digest) ? digest : undefined, runnable: isRunnable(manifest) };
  } catch (thrown) {
    if (thrown instanceof ManifestError) return undefined;
    throw thrown;
  }
}

/**
 * Whether what is stored is to be judged by itself: everything but what hangs on another image, by its subject or by `wearsTag` (the tag of a signature), and could
 * not be run. What is no manifest is: whoever looks at it says what is wrong with it.
 */
export function standsForItself(stored: StoredManifest, wearsTag: boolean, limits: Limits): boolean {
  const attachment = readAttachment(stored, limits);
  return attachment === undefined || attachment.runnable || (attachment.subject === undefined && !wearsTag);
}

/** The media types that runtimes unpack wherever they stand (OCI image-spec, layer.md; Docker image manifest, schema 2). */
const UNPACKED = /^application\/vnd\.(?:oci\.image\.layer\.|docker\.image\.rootfs\.)/i;
/**
 * The media types that Docker takes for a configuration and unpacks as layers, whatever they call themselves, where it knows all of a manifest (moby, distribution/registry.go,
 * supportedMediaTypes): generic ones, which old images have, and whatever begins like its own.
 */
const TAKEN_BY_DOCKER =
  /^(?:application\/vnd\.(?:oci\.image|docker)(?:\..*)?|application\/octet-stream|application\/json|text\/html)$/is;
/** The empty config of artifacts (OCI image-spec, manifest.md, "Guidance for an Empty Descriptor"): it names no file system, so nothing runs from it. */
const EMPTY_CONFIG = digestOf('{}');

function isRunnable(manifest: Manifest): boolean {
  if (manifest.kind !== 'image' || manifest.configDigest === EMPTY_CONFIG || manifest.layers.length === 0) return false;
  const types = manifest.layers.map(({ mediaType }) => mediaType);
  return (
    types.some((type) => UNPACKED.test(type)) ||
    [manifest.configMediaType ?? '', ...types].every((type) => TAKEN_BY_DOCKER.test(type))
  );
}
