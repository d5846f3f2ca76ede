import { z } from 'zod';
import { parseJson } from './json.ts';

const descriptor = z.object({
  digest: z.string(),
  mediaType: z.string().optional(),
  size: z.number().optional(),
  artifactType: z.string().optional(),
});

const manifestForm = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  config: descriptor.optional(),
  layers: z.array(descriptor).optional(),
  manifests: z.array(descriptor).optional(),
  subject: descriptor.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

export const IMAGE_MEDIA_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
export const INDEX_MEDIA_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** The parts of a manifest that the registry itself looks at. */
export interface RegistryManifest {
  readonly mediaType: string;
  readonly artifactType: string | undefined;
  /** Digests of config and layers that must have been uploaded. */
  readonly blobs: readonly string[];
  /** Digests of the manifests that an index lists. */
  readonly children: readonly string[];
  readonly subject: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
  /** Bytes of all layers, as their descriptors say. */
  readonly layerBytes: number;
}

/** Reads a manifest as ECR does when it is put. Returns undefined for what is no image manifest and no index of a known media type. */
export function readRegistryManifest(
  text: string,
  declaredMediaType: string | undefined,
): RegistryManifest | undefined {
  const parsed = manifestForm.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const manifest = parsed.data;
  if (declaredMediaType !== undefined && manifest.mediaType !== undefined && declaredMediaType !== manifest.mediaType) {
    return undefined;
  }
  const mediaType = declaredMediaType ?? manifest.mediaType ?? guessMediaType(manifest);
  const isImage = mediaType !== undefined && IMAGE_MEDIA_TYPES.includes(mediaType) && manifest.config !== undefined;
  const isIndex = mediaType !== undefined && INDEX_MEDIA_TYPES.includes(mediaType) && manifest.manifests !== undefined;
  if (mediaType === undefined || (!isImage && !isIndex)) return undefined;
  const layers = (manifest.layers ?? []).filter((layer) => !/nondistributable|foreign/.test(layer.mediaType ?? ''));
  return {
    mediaType,
    artifactType: manifest.artifactType ?? manifest.config?.mediaType,
    blobs: [...(manifest.config === undefined ? [] : [manifest.config]), ...layers].map((blob) => blob.digest),
    children: (manifest.manifests ?? []).map((child) => child.digest),
    subject: manifest.subject?.digest,
    annotations: manifest.annotations,
    layerBytes: (manifest.layers ?? []).reduce((sum, layer) => sum + (layer.size ?? 0), 0),
  };
}

/** An OCI manifest need not say its own media type (OCI image-spec, manifest.md); a Docker one must. */
function guessMediaType(manifest: z.infer<typeof manifestForm>): string | undefined {
  if (manifest.manifests !== undefined) return 'application/vnd.oci.image.index.v1+json';
  return manifest.config === undefined ? undefined : 'application/vnd.oci.image.manifest.v1+json';
}
