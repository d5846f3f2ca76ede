import { gzipSync } from 'node:zlib';
import { type Digest, digestOf, hexOf } from '../../lambdas/core/digest.ts';
import { BUNDLE_MEDIA_TYPE, type BundleJson, type LegacyLayer } from './private-sigstore.ts';

/** Something that can be pushed: a manifest and the blobs it points to. */
export interface Artifact {
  readonly mediaType: string;
  readonly manifest: Buffer;
  readonly digest: Digest;
  readonly blobs: readonly Blob[];
}

export interface Blob {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX = 'application/vnd.oci.image.index.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
const EMPTY = 'application/vnd.oci.empty.v1+json';
const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const DSSE = 'application/vnd.dsse.envelope.v1+json';

/** A small OCI image that a runtime would accept: one gzipped tar layer with the one file `app` of these contents. */
export function buildImage(contents: string, architecture = 'arm64'): Artifact {
  const tar = packTar('app', Buffer.from(contents));
  const config = toBlob(
    CONFIG,
    json({
      created: '2026-01-01T00:00:00Z',
      architecture,
      os: 'linux',
      config: { Entrypoint: ['/app'] },
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
      history: [{ created: '2026-01-01T00:00:00Z' }],
    }),
  );
  // gzip's header holds a time and an operating system; fixed, so that equal contents are equal bytes
  const compressed = gzipSync(tar);
  compressed.fill(0, 4, 8);
  compressed[9] = 255;
  const layer = toBlob(LAYER, compressed);
  return toArtifact(
    MANIFEST,
    { schemaVersion: 2, mediaType: MANIFEST, config: describeBlob(config), layers: [describeBlob(layer)] },
    [config, layer],
  );
}

/** An image index over images of several architectures. The images are pushed by themselves. */
export function buildIndex(images: readonly { readonly image: Artifact; readonly architecture: string }[]): Artifact {
  return toArtifact(
    INDEX,
    {
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: images.map(({ image, architecture }) => ({
        ...describeManifest(image),
        platform: { architecture, os: 'linux' },
      })),
    },
    [],
  );
}

/** The referrer by which `cosign sign` and `cosign attest` hang a bundle on an image, members in cosign's order. `bytes` replaces the bundle by anything. */
export function buildBundleReferrer(
  subject: Artifact,
  bundle: BundleJson | { readonly bytes: Buffer },
  options: { readonly predicateType: string; readonly created: string },
): Artifact {
  const config = toBlob(EMPTY, Buffer.from('{}'));
  const layer = toBlob(BUNDLE_MEDIA_TYPE, 'bytes' in bundle ? bundle.bytes : json(bundle));
  return toArtifact(
    MANIFEST,
    {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { ...describeBlob(config), artifactType: BUNDLE_MEDIA_TYPE },
      layers: [describeBlob(layer)],
      annotations: {
        'dev.sigstore.bundle.content': 'dsse-envelope',
        'dev.sigstore.bundle.predicateType': options.predicateType,
        'org.opencontainers.image.created': options.created,
      },
      subject: describeManifest(subject),
      artifactType: BUNDLE_MEDIA_TYPE,
    },
    [config, layer],
  );
}

/** The manifest under the tag `sha256-<hex>.sig`, one layer per signature. */
export function buildSignatureManifest(layers: readonly LegacyLayer[]): Artifact {
  return buildLegacyManifest(layers, SIMPLE_SIGNING);
}

/** The manifest under the tag `sha256-<hex>.att`, one layer per attestation. */
export function buildAttestationManifest(layers: readonly LegacyLayer[]): Artifact {
  return buildLegacyManifest(layers, DSSE);
}

function buildLegacyManifest(layers: readonly LegacyLayer[], mediaType: string): Artifact {
  const blobs = layers.map((layer) => toBlob(mediaType, layer.bytes));
  const config = toBlob(
    CONFIG,
    json({
      architecture: '',
      created: '0001-01-01T00:00:00Z',
      history: blobs.map(() => ({ created: '0001-01-01T00:00:00Z' })),
      os: '',
      rootfs: { type: 'layers', diff_ids: blobs.map((blob) => blob.digest) },
      config: {},
    }),
  );
  return toArtifact(
    MANIFEST,
    {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: describeBlob(config),
      layers: blobs.map((blob, position) => ({
        ...describeBlob(blob),
        annotations: nameAnnotations(layers[position]?.annotations ?? {}),
      })),
    },
    [config, ...blobs],
  );
}

/** Cosign's own annotation names (cosign specs/SIGNATURE_SPEC.md). */
function nameAnnotations(annotations: LegacyLayer['annotations']): Record<string, string> {
  const named: readonly (readonly [string, string | undefined])[] = [
    ['dev.cosignproject.cosign/signature', annotations.signature],
    ['dev.sigstore.cosign/bundle', annotations.bundle],
    ['dev.sigstore.cosign/certificate', annotations.certificate],
    ['dev.sigstore.cosign/chain', annotations.chain],
    ['dev.sigstore.cosign/rfc3161timestamp', annotations.rfc3161timestamp],
  ];
  return Object.fromEntries(named.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** `sha256-<hex>.sig` or `.att`: the tag under which cosign looks for the legacy signatures of a digest. */
export function legacyTag(digest: Digest, suffix: 'sig' | 'att'): string {
  return `sha256-${hexOf(digest)}.${suffix}`;
}

/** The same artifact with one blob's bytes replaced in store: its descriptor no longer fits. */
export function withBlobReplaced(artifact: Artifact, position: number, bytes: Buffer): Artifact {
  return {
    ...artifact,
    blobs: artifact.blobs.map((blob, index) => (index === position ? { ...blob, bytes } : blob)),
  };
}

function toArtifact(mediaType: string, manifest: unknown, blobs: readonly Blob[]): Artifact {
  const bytes = json(manifest);
  return { mediaType, manifest: bytes, digest: digestOf(bytes), blobs };
}

function toBlob(mediaType: string, bytes: Buffer): Blob {
  return { digest: digestOf(bytes), mediaType, bytes };
}

function describeBlob(blob: Blob) {
  return { mediaType: blob.mediaType, size: blob.bytes.length, digest: blob.digest };
}

function describeManifest(artifact: Artifact) {
  return { mediaType: artifact.mediaType, size: artifact.manifest.length, digest: artifact.digest };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** A tar archive (POSIX ustar) of one executable file. */
function packTar(name: string, contents: Buffer): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o755, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(contents.length, 11), 124);
  header.write(octal(0, 11), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (contents.length % 512)) % 512);
  return Buffer.concat([header, contents, padding, Buffer.alloc(1024)]);
}
