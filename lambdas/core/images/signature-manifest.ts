import { type Digest, digestOf, isDigest } from '../digest.ts';
import type { CosignAnnotations, Origin, SignatureCandidate } from '../signature/candidate.ts';
import type { Problem } from './candidates.ts';
import type { Descriptor, Manifest } from './manifest.ts';
import type { BlobRequest, Limits } from './source.ts';

/** A manifest in which signatures are looked for, and where it was found. */
export interface SignatureManifest {
  readonly origin: Origin;
  readonly manifest: Manifest;
}

/** A layer that claims to be a signature: its bytes where they could be rebuilt, otherwise what to read. */
export interface Piece {
  readonly format: SignatureCandidate['format'];
  readonly origin: Origin;
  readonly mediaType: string;
  readonly annotations: CosignAnnotations;
  readonly bytes?: Uint8Array;
  readonly wanted?: BlobRequest;
}

export interface Pieces {
  readonly pieces: readonly Piece[];
  readonly problems: readonly Problem[];
  /** There were more signature layers than `limits.layersPerManifest`; the first ones were taken. */
  readonly cutShort: boolean;
}

/** `application/vnd.dev.sigstore.bundle.v0.3+json` and, up to 0.2, `application/vnd.dev.sigstore.bundle+json;version=0.x` (sigstore bundle format). */
const BUNDLE = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v\d{1,4}(?:\.\d{1,4}){0,2})?\+json(?:;.{0,100})?$/;
const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const DSSE = 'application/vnd.dsse.envelope.v1+json';
/** Types of a whole manifest that promise a signature (cosign specs/SIGNATURE_SPEC.md, with OCI 1.1 referrers). */
const COSIGN_ARTIFACT = /^application\/vnd\.dev\.cosign\.artifact\.(?:sig|att)\.v1\+json$/;
const NOTATION = 'application/vnd.cncf.notary.signature';
const ENVELOPES = ['application/jose+json', 'application/cose'];

/** A certificate chain or a log entry needs some 20 kB. */
const LONGEST_ANNOTATION = 256 * 1024;

/**
 * Takes the layers of a manifest that claim to be signatures, by the manifest's own types: what a listing said of it does not count. A cosign payload
 * that can be rebuilt needs no download: it says nothing but the image, the repository and a constant. Other artifacts (SBOMs, ...) yield nothing.
 */
export function collectPieces(
  { origin, manifest }: SignatureManifest,
  subject: Digest,
  repositoryName: string,
  limits: Pick<Limits, 'layersPerManifest' | 'blobBytes'>,
): Pieces {
  const refuse = (code: string, message: string, at: Origin = origin): Problem => ({ code, message, origin: at });
  if (manifest.kind === 'index') {
    const promised = origin.kind === 'sig-tag' || origin.kind === 'att-tag';
    const problems = promised ? [refuse('malformed-manifest', 'the tag of a signature points to an index')] : [];
    return { pieces: [], problems, cutShort: false };
  }
  if (isNotation(manifest)) {
    // Notary Project signature-specification.md, Storage: one blob, the envelope.
    if (manifest.layers.length !== 1) {
      const problem = refuse('malformed-manifest', 'a Notary Project signature has exactly one envelope');
      return { pieces: [], problems: [problem], cutShort: false };
    }
  }

  const signatures = manifest.layers.flatMap((layer) => {
    const format = isNotation(manifest) ? notationFormat(layer.mediaType) : formatOf(layer.mediaType);
    return format === undefined ? [] : [{ layer, format }];
  });
  if (signatures.length === 0 && promisesSignature(origin, manifest)) {
    return {
      pieces: [],
      problems: [refuse('no-signature-layer', 'a signature by its type, without a layer that is one')],
      cutShort: false,
    };
  }
  const pieces: Piece[] = [];
  const problems: Problem[] = [];
  for (const { layer, format } of signatures.slice(0, limits.layersPerManifest)) {
    if (!isDigest(layer.digest)) {
      problems.push(refuse('unsupported-digest', 'a signature layer without a sha256 digest'));
      continue;
    }
    const at = { ...origin, blob: layer.digest };
    if (layer.size > limits.blobBytes) {
      problems.push(
        refuse('limit-blob-bytes', `a signature of ${layer.size} bytes, more than ${limits.blobBytes}`, at),
      );
      continue;
    }
    const annotations = readCosignAnnotations(layer);
    if (Object.values(annotations).some((value) => value.length > LONGEST_ANNOTATION)) {
      problems.push(refuse('limit-annotation', `an annotation of more than ${LONGEST_ANNOTATION} characters`, at));
      continue;
    }
    const piece = { format, origin: at, mediaType: layer.mediaType, annotations };
    const payload = format === 'simple-signing' ? rebuildPayload(repositoryName, subject) : undefined;
    if (payload !== undefined && digestOf(payload) === layer.digest) pieces.push({ ...piece, bytes: payload });
    else pieces.push({ ...piece, wanted: { digest: layer.digest, size: layer.size } });
  }
  return { pieces, problems, cutShort: signatures.length > limits.layersPerManifest };
}

/** The candidate that a piece becomes with its bytes. */
export function toCandidate(piece: Piece, bytes: Uint8Array): SignatureCandidate {
  const { format, origin, annotations } = piece;
  switch (format) {
    case 'bundle':
      return { format, origin, bytes };
    case 'simple-signing':
      return { format, origin, payload: bytes, annotations };
    case 'dsse':
      return { format, origin, envelope: bytes, annotations };
    case 'notation':
      return { format, origin, mediaType: piece.mediaType, envelope: bytes };
  }
}

/**
 * The payload that `cosign sign` makes when it is told nothing special, byte for byte as Go writes it (cosign specs/SIGNATURE_SPEC.md, "Simple
 * Signing"). Only ever used where its digest is the layer's.
 */
export function rebuildPayload(repositoryName: string, subject: Digest): Buffer {
  return Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': repositoryName },
        image: { 'docker-manifest-digest': subject },
        type: 'cosign container image signature',
      },
      optional: null,
    }),
  );
}

function formatOf(mediaType: string): 'bundle' | 'simple-signing' | 'dsse' | undefined {
  if (mediaType === SIMPLE_SIGNING) return 'simple-signing';
  if (mediaType === DSSE) return 'dsse';
  return BUNDLE.test(mediaType) ? 'bundle' : undefined;
}

type ImageManifest = Extract<Manifest, { kind: 'image' }>;

function isNotation({ artifactType, configMediaType }: ImageManifest): boolean {
  return artifactType === NOTATION || configMediaType === NOTATION;
}

function notationFormat(mediaType: string): 'notation' | undefined {
  return ENVELOPES.includes(mediaType) ? 'notation' : undefined;
}

function promisesSignature(origin: Origin, manifest: ImageManifest): boolean {
  if (origin.kind === 'sig-tag' || origin.kind === 'att-tag') return true;
  return (
    isNotation(manifest) ||
    [manifest.artifactType, manifest.configMediaType].some(
      (type) => type !== undefined && (BUNDLE.test(type) || COSIGN_ARTIFACT.test(type)),
    )
  );
}

const ANNOTATIONS = {
  signature: 'dev.cosignproject.cosign/signature',
  certificate: 'dev.sigstore.cosign/certificate',
  chain: 'dev.sigstore.cosign/chain',
  bundle: 'dev.sigstore.cosign/bundle',
  rfc3161timestamp: 'dev.sigstore.cosign/rfc3161timestamp',
} as const;

function readCosignAnnotations(layer: Descriptor): CosignAnnotations {
  const read: Record<string, string> = {};
  for (const [name, key] of Object.entries(ANNOTATIONS)) {
    const value = Object.hasOwn(layer.annotations, key) ? layer.annotations[key] : undefined;
    if (value !== undefined) read[name] = value;
  }
  return read;
}
