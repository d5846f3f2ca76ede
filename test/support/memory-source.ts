import { type Digest, digestOf } from '../../lambdas/core/digest.ts';
import { checkBlob, failed } from '../../lambdas/core/images/read-bytes.ts';
import type { ArtifactSource, ReadFailure, ReferrerListing } from '../../lambdas/core/images/source.ts';
import type { Artifact } from '../../local/sigstore/images.ts';

/** A repository in memory, to be filled and broken by a test. */
export interface MemoryRepository {
  readonly name?: string;
  readonly artifacts: readonly Artifact[];
  readonly tags?: Readonly<Record<string, Digest>>;
  /** Digests as the referrers API lists them. Default: none. */
  readonly referrers?: readonly Digest[];
  readonly listing?: Partial<ReferrerListing> | ReadFailure;
  /** Failures by digest or tag, for manifests and blobs. */
  readonly failures?: Readonly<Record<string, ReadFailure>>;
}

export function memorySource(repository: MemoryRepository): ArtifactSource {
  const manifests = new Map(repository.artifacts.map((artifact) => [artifact.digest, artifact]));
  const blobs = new Map(repository.artifacts.flatMap(({ blobs: all }) => all.map((blob) => [blob.digest, blob.bytes])));
  return {
    name: repository.name ?? 'registry.test/acme/app',
    readManifests: async (references) =>
      references.map((reference) => {
        const key = 'digest' in reference ? reference.digest : reference.tag;
        const failure = repository.failures?.[key];
        if (failure !== undefined) return { ok: false, failure };
        const digest = 'digest' in reference ? reference.digest : repository.tags?.[reference.tag];
        const found = digest === undefined ? undefined : manifests.get(digest);
        if (found === undefined) return failed('not-found', `${key} is not there`);
        return { ok: true, value: { digest: found.digest, mediaType: found.mediaType, bytes: found.manifest } };
      }),
    listReferrers: async () => {
      const { listing } = repository;
      if (listing !== undefined && 'code' in listing) return { ok: false, failure: listing };
      const referrers = (repository.referrers ?? []).map((digest) => ({
        digest,
        artifactType: 'application/vnd.example.lie',
        size: 1,
      }));
      return { ok: true, value: { referrers, ...listing } };
    },
    readBlobs: async (wanted) =>
      wanted.map((blob) => {
        const failure = repository.failures?.[blob.digest];
        if (failure !== undefined) return { ok: false, failure };
        const bytes = blobs.get(blob.digest);
        return bytes === undefined ? failed('not-found', `${blob.digest} is not there`) : checkBlob(bytes, blob);
      }),
  };
}

/** An artifact of exactly this manifest, which need not be a good one. */
export function artifactOf(manifest: unknown, blobs: Artifact['blobs'] = [], mediaType = MANIFEST): Artifact {
  const bytes = Buffer.from(typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  return { mediaType, manifest: bytes, digest: digestOf(bytes), blobs };
}

export function blobOf(mediaType: string, contents: string): Artifact['blobs'][number] {
  const bytes = Buffer.from(contents);
  return { mediaType, bytes, digest: digestOf(bytes) };
}

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const DSSE = 'application/vnd.dsse.envelope.v1+json';

const EMPTY = blobOf('application/vnd.oci.empty.v1+json', '{}');

/** A referrer of `subject` with these layers. */
export function referrerOf(
  subject: Pick<Artifact, 'digest' | 'mediaType' | 'manifest'> | undefined,
  layers: readonly (Artifact['blobs'][number] & { readonly annotations?: Readonly<Record<string, unknown>> })[],
  more: Readonly<Record<string, unknown>> = {},
): Artifact {
  return artifactOf(
    {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: EMPTY.mediaType, digest: EMPTY.digest, size: 2 },
      layers: layers.map(({ mediaType, digest, bytes, annotations }) => ({
        mediaType,
        digest,
        size: bytes.length,
        annotations,
      })),
      ...(subject && {
        subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.manifest.length },
      }),
      ...more,
    },
    [EMPTY, ...layers],
  );
}
