import * as z from 'zod';
import { CountersignError, messageOf } from '../errors.ts';
import { parseUnambiguously } from '../signature/json.ts';
import { findLookAlikeName } from './manifest-names.ts';

/** Media types of manifests that are read. Docker schema 1 is not among them: its digest does not cover what a runtime runs. */
export const MANIFEST_TYPES = {
  ociImage: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociArtifact: 'application/vnd.oci.artifact.manifest.v1+json',
  dockerImage: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const;

/** Every media type to ask a registry for. */
export const ACCEPTED_MANIFEST_TYPES: readonly string[] = Object.values(MANIFEST_TYPES);

/** JSON nesting of a manifest: an index with `platform.os.features` needs five levels; more than this is not a manifest. */
const MOST_NESTING = 16;
/** Entries in one manifest. Images have up to some hundred layers; cosign's own bounds are read separately (`Limits.layersPerManifest`). */
const MOST_ENTRIES = 4096;
const MOST_ANNOTATIONS = 256;
const LONGEST_TEXT = 1024;

/** A pointer to content (OCI image-spec, descriptor.md). `digest` may use an algorithm that is not read. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string | undefined;
  /** Hostile text of any length within the manifest. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** A manifest as far as finding signatures needs it. */
export type Manifest =
  | {
      readonly kind: 'image';
      readonly mediaType: string;
      readonly artifactType: string | undefined;
      readonly configMediaType: string | undefined;
      readonly configDigest: string | undefined;
      readonly layers: readonly Descriptor[];
      readonly subject: Descriptor | undefined;
    }
  | {
      readonly kind: 'index';
      readonly mediaType: string;
      readonly artifactType: string | undefined;
      readonly manifests: readonly Descriptor[];
      readonly subject: Descriptor | undefined;
    };

/** `malformed-manifest`: not what its media type says. `unsupported-manifest`: a media type that is not read. `limit-...`: too much of it. */
export type ManifestErrorCode = 'malformed-manifest' | 'unsupported-manifest' | 'limit-manifest-bytes' | 'limit-depth';
export class ManifestError extends CountersignError<ManifestErrorCode> {}

const text = z.string().max(LONGEST_TEXT);
const annotationsSchema = z
  .record(text, z.string())
  .nullish()
  .transform((annotations) => annotations ?? {})
  .refine(
    (annotations) => Object.keys(annotations).length <= MOST_ANNOTATIONS,
    `more than ${MOST_ANNOTATIONS} annotations`,
  );
const descriptorSchema = z.object({
  mediaType: text.min(1),
  // image-spec descriptor.md, "Digests"
  digest: z.string().regex(/^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]{32,128}$/, 'is not a digest'),
  size: z.number().int().nonnegative(),
  artifactType: text.optional(),
  annotations: annotationsSchema,
});
/** Go writes an empty list as `null`. */
const entries = z
  .array(descriptorSchema)
  .max(MOST_ENTRIES)
  .nullish()
  .transform((list) => list ?? []);
/** A member that must not be there: a document that is an image to one reader and an index to another is refused (CVE-2021-41190). */
const absent = z.never().optional();
const head = {
  schemaVersion: z.literal(2),
  mediaType: text.optional(),
  artifactType: text.optional(),
  subject: descriptorSchema.nullish().transform((subject) => subject ?? undefined),
  annotations: annotationsSchema,
};

const imageSchema = z.object({
  ...head,
  config: descriptorSchema,
  layers: entries,
  manifests: absent,
  fsLayers: absent,
});
const artifactSchema = z.object({
  ...head,
  schemaVersion: z.literal(2).optional(),
  blobs: entries,
  config: absent,
  layers: absent,
  manifests: absent,
});
const indexSchema = z.object({ ...head, manifests: entries, layers: absent, config: absent, fsLayers: absent });

/**
 * Reads a manifest of the media type under which it is stored. The bytes must already be checked against their digest. Size and nesting are
 * bounded before anything is parsed; a `mediaType` inside that differs from the one outside is refused, and so is whatever another reader could take for another manifest:
 * a name twice, or a known name in another spelling. Throws `ManifestError`.
 */
export function parseManifest(
  stored: { readonly mediaType: string; readonly bytes: Uint8Array },
  limits: { readonly manifestBytes: number },
): Manifest {
  const { mediaType } = stored;
  switch (mediaType) {
    case MANIFEST_TYPES.ociImage:
    case MANIFEST_TYPES.dockerImage: {
      const image = matchShape(readManifestJson(stored.bytes, limits.manifestBytes), imageSchema, mediaType);
      const { artifactType, layers, subject } = image;
      const { mediaType: configMediaType, digest: configDigest } = image.config;
      return { kind: 'image', mediaType, artifactType, configMediaType, configDigest, layers, subject };
    }
    case MANIFEST_TYPES.ociArtifact: {
      const artifact = matchShape(readManifestJson(stored.bytes, limits.manifestBytes), artifactSchema, mediaType);
      const { artifactType, blobs, subject } = artifact;
      const noConfig = { configMediaType: undefined, configDigest: undefined };
      return { kind: 'image', mediaType, artifactType, ...noConfig, layers: blobs, subject };
    }
    case MANIFEST_TYPES.ociIndex:
    case MANIFEST_TYPES.dockerList: {
      const { artifactType, manifests, subject } = matchShape(
        readManifestJson(stored.bytes, limits.manifestBytes),
        indexSchema,
        mediaType,
      );
      return { kind: 'index', mediaType, artifactType, manifests, subject };
    }
    default:
      throw new ManifestError('unsupported-manifest', `manifests of type ${quote(mediaType)} are not read`);
  }
}

/**
 * The media type that a manifest gives itself, or that its members imply, for stores that keep none beside the bytes (OCI layouts). Undefined where
 * the bytes are no manifest. `parseManifest` still has the last word. Never throws.
 */
export function inferManifestType(bytes: Uint8Array, limits: { readonly manifestBytes: number }): string | undefined {
  let json: unknown;
  try {
    json = readManifestJson(bytes, limits.manifestBytes);
  } catch (problem) {
    if (problem instanceof ManifestError) return undefined;
    throw problem;
  }
  const hint = z
    .object({ mediaType: text.optional(), manifests: z.unknown().optional(), layers: z.unknown().optional() })
    .safeParse(json);
  if (!hint.success) return undefined;
  if (hint.data.mediaType !== undefined) return hint.data.mediaType;
  if (Array.isArray(hint.data.manifests)) return MANIFEST_TYPES.ociIndex;
  return Array.isArray(hint.data.layers) ? MANIFEST_TYPES.ociImage : undefined;
}

/** Parses the JSON of a manifest, size and nesting first; no name may stand twice. Throws `ManifestError`. */
export function readManifestJson(bytes: Uint8Array, manifestBytes: number): unknown {
  if (bytes.length > manifestBytes) {
    throw new ManifestError(
      'limit-manifest-bytes',
      `the manifest has ${bytes.length} bytes, more than ${manifestBytes}`,
    );
  }
  if (isNestedDeeperThan(bytes, MOST_NESTING)) {
    throw new ManifestError('limit-depth', `the manifest is nested deeper than ${MOST_NESTING} levels`);
  }
  try {
    return parseUnambiguously(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    const message = `the manifest is not JSON in UTF-8: ${quote(messageOf(cause).slice(0, 100))}`;
    throw new ManifestError('malformed-manifest', message, { cause });
  }
}

const shapeOf = z.object({ mediaType: z.unknown().optional() });

function matchShape<T>(json: unknown, schema: z.ZodType<T>, mediaType: string): T {
  const claimed = shapeOf.safeParse(json);
  if (!claimed.success) throw new ManifestError('malformed-manifest', 'the manifest is not an object');
  const inside = claimed.data.mediaType;
  if (inside !== undefined && inside !== mediaType) {
    throw new ManifestError(
      'malformed-manifest',
      `the manifest is stored as ${quote(mediaType)} and calls itself ${quote(inside)}`,
    );
  }
  const lookAlike = findLookAlikeName(json);
  if (lookAlike !== undefined) {
    throw new ManifestError(
      'malformed-manifest',
      `the manifest has the name ${quote(lookAlike)}, which others read as another`,
    );
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = quote(issue?.path.join('.') || 'the whole');
  throw new ManifestError(
    'malformed-manifest',
    `the manifest is malformed at ${where}: ${issue?.message.slice(0, 200)}`,
  );
}

/** Counts brackets outside strings, without parsing: a parser may need memory for each level. */
function isNestedDeeperThan(json: Uint8Array, most: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (inString) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) {
      inString = true;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > most) return true;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
    }
  }
  return false;
}

/** Hostile text for a message: printable ASCII only, at most 200 characters. */
function quote(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
