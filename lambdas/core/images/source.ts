import type { Digest } from '../digest.ts';

/** How a manifest is asked for: by digest or by tag. */
export type Reference = { readonly digest: Digest } | { readonly tag: string };

/** A manifest as stored. `bytes` are checked against `digest` by the adapter, also where it was asked for by tag. */
export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A referrer as listed. `artifactType` is a hint that may lie: what counts is the manifest itself. */
export interface ListedReferrer {
  readonly digest: Digest;
  readonly artifactType: string | undefined;
  readonly size: number | undefined;
}

export interface BlobRequest {
  readonly digest: Digest;
  /** As its descriptor says; the adapter refuses longer bodies while it reads them. */
  readonly size: number;
}

/** Why something could not be read. `transient` ones are worth another try; `not-found`, `too-large` and `digest-mismatch` are answers. */
export interface ReadFailure {
  readonly code: 'not-found' | 'too-large' | 'digest-mismatch' | 'malformed' | 'denied' | 'transient';
  readonly message: string;
  /** The bound that bit, where one did: `total-bytes` and `milliseconds` cut a whole batch short, the others refuse one piece. */
  readonly bound?: BoundName;
}

/** The bounds of `Limits` as results name them. */
export type BoundName =
  | 'manifest-bytes'
  | 'blob-bytes'
  | 'total-bytes'
  | 'referrers'
  | 'referrer-pages'
  | 'layers-per-manifest'
  | 'candidates'
  | 'depth'
  | 'milliseconds';

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: ReadFailure };

export interface ReferrerListing {
  readonly referrers: readonly ListedReferrer[];
  /** The bound that cut the listing short, if one did. */
  readonly truncatedBy?: BoundName;
  /** How many entries could not be used because their digest is not sha256. */
  readonly unusable?: number;
}

/** Bounds on what is read for one image. Every one that bites is named in the result. */
export interface Limits {
  readonly manifestBytes: number;
  readonly blobBytes: number;
  readonly totalBytes: number;
  readonly referrers: number;
  readonly referrerPages: number;
  readonly layersPerManifest: number;
  readonly candidates: number;
  readonly depth: number;
  /** Milliseconds for all reads of one image. */
  readonly milliseconds: number;
}

/** The bounds in force. ECR stores manifests up to 4 MiB and a signature rarely exceeds 100 kB, SBOM attestations a few MiB. */
export const LIMITS: Limits = {
  manifestBytes: 4 * 1024 * 1024,
  blobBytes: 16 * 1024 * 1024,
  totalBytes: 64 * 1024 * 1024,
  referrers: 500,
  referrerPages: 20,
  layersPerManifest: 64,
  candidates: 200,
  depth: 4,
  milliseconds: 20_000,
};

/**
 * One repository of artifacts, whatever holds it: ECR's API, a registry that speaks OCI distribution, an OCI layout folder.
 * Each method is one batch, so that the number of sequential round trips does not depend on the number of items. Results come in the order of the
 * requests. A failure of one item never throws; a method throws only when the adapter itself is misused.
 */
export interface ArtifactSource {
  /** For messages: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/app`. */
  readonly name: string;
  readManifests(references: readonly Reference[], limits: Limits): Promise<readonly Read<StoredManifest>[]>;
  listReferrers(subject: Digest, limits: Limits): Promise<Read<ReferrerListing>>;
  readBlobs(blobs: readonly BlobRequest[], limits: Limits): Promise<readonly Read<Uint8Array>[]>;
}
