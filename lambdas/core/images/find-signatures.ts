import { type Digest, hexOf, isDigest } from '../digest.ts';
import type { Origin, SignatureCandidate } from '../signature/candidate.ts';
import type { Found, KnownManifest } from './candidates.ts';
import { type Manifest, ManifestError, parseManifest } from './manifest.ts';
import { SearchBudget } from './search-budget.ts';
import { collectPieces, type Piece, type SignatureManifest, toCandidate } from './signature-manifest.ts';
import type { ArtifactSource, Limits, Read, StoredManifest } from './source.ts';
import { uniteReferrers } from './unite-referrers.ts';

/**
 * Finds everything around one digest that claims to be a signature of it: cosign's `.sig` and `.att` tags, referrers from the API and referrers
 * from the fallback tag, united. Nothing is verified here beyond digests and the referrers' own subject.
 *
 * Sequential legs, whatever the number of referrers: (1) the listing, the image and the three tags at once; (2) all referrer manifests at once;
 * (3, 4) all layers at once, a download URL and the download. An image with nothing but a legacy `.sig` needs leg 1 only, where its payload can be
 * rebuilt. Referrers of referrers are not followed, so a loop among them costs nothing.
 *
 * Bounds: a bound on one piece (`manifest-bytes`, `blob-bytes`, `depth`) refuses that piece for good and is a problem named `limit-...`; a bound that
 * leaves pieces unread (`referrers`, `referrer-pages`, `layers-per-manifest`, `candidates`, `total-bytes`, `milliseconds`) also sets `incomplete`,
 * as do reads that failed for now or were denied. `clock` gives Unix milliseconds; without it each leg has the whole time for itself.
 *
 * `known` is what stands for the manifest of an image that is there and cannot be read, because it is in the archive of its registry. What an index lists is not in it.
 */
export async function findSignatures(
  source: ArtifactSource,
  subject: Digest,
  limits: Limits,
  clock?: () => number,
  known?: KnownManifest,
): Promise<Found> {
  const budget = new SearchBudget(limits, clock);
  const tag = `sha256-${hexOf(subject)}`;
  const [listing, [image, sig, att, fallback]] = await Promise.all([
    source.listReferrers(subject, limits),
    source.readManifests([{ digest: subject }, { tag: `${tag}.sig` }, { tag: `${tag}.att` }, { tag }], limits),
  ]);
  const about = readSubject(image, subject, limits, known);
  if (about.state !== 'found') return about;
  budget.spend(about.subject.size);

  const manifests = [
    ...readTagged(sig, { kind: 'sig-tag', tag: `${tag}.sig` }, budget),
    ...readTagged(att, { kind: 'att-tag', tag: `${tag}.att` }, budget),
  ];
  const index = readTagged(fallback, { kind: 'fallback-tag', tag }, budget)[0];
  const referrers = uniteReferrers(subject, listing, index, budget);
  manifests.push(...(await readReferrers(source, subject, referrers, budget)));
  const candidates = await readCandidates(source, subject, manifests, budget);

  const found = { state: 'found', subject: about.subject, candidates, problems: budget.problems } as const;
  return budget.incomplete === undefined ? found : { ...found, incomplete: budget.incomplete };
}

type Subject = Extract<Found, { state: 'found' }>['subject'];

/** Judges the image itself. A size or a form that will not change makes it malformed; what may change with time makes it unreadable. */
function readSubject(
  read: Read<StoredManifest> | undefined,
  digest: Digest,
  limits: Limits,
  known: KnownManifest | undefined,
): { state: 'found'; subject: Subject } | Exclude<Found, { state: 'found' }> {
  if (read === undefined) throw new TypeError('the source answered fewer manifests than it was asked for');
  if (!read.ok) {
    const { code, message, bound } = read.failure;
    if (code === 'not-found')
      return known === undefined ? { state: 'gone' } : { state: 'found', subject: describe(digest, known) };
    const reason = { code: bound === undefined ? `image-${code}` : `limit-${bound}`, message };
    return {
      state: code === 'transient' || code === 'denied' || bound === 'total-bytes' ? 'unreadable' : 'malformed',
      reason,
    };
  }
  const { mediaType, bytes } = read.value;
  if (read.value.digest !== digest) {
    const message = `${digest} was asked for and ${read.value.digest} was answered`;
    return { state: 'malformed', reason: { code: 'image-digest-mismatch', message } };
  }
  try {
    const manifest = parseManifest({ mediaType, bytes }, limits);
    const { artifactType } = manifest;
    const subject = {
      ...describe(digest, { mediaType, size: bytes.length, artifactType }),
      ...(manifest.kind === 'index' && { children: listChildren(manifest) }),
    };
    return { state: 'found', subject };
  } catch (problem) {
    if (!(problem instanceof ManifestError)) throw problem;
    return { state: 'malformed', reason: { code: problem.code, message: problem.message } };
  }
}

function describe(digest: Digest, { mediaType, size, artifactType }: KnownManifest): Subject {
  return { digest, mediaType, size, ...(artifactType !== undefined && { artifactType }) };
}

function listChildren({ manifests }: Extract<Manifest, { kind: 'index' }>): readonly Digest[] {
  return [...new Set(manifests.map(({ digest }) => digest).filter(isDigest))];
}

/** A manifest under one of cosign's tags, if there is one. It carries no subject: what it signs says which image it is for. */
function readTagged(read: Read<StoredManifest> | undefined, tag: Origin, budget: SearchBudget): SignatureManifest[] {
  if (read === undefined || (!read.ok && read.failure.code === 'not-found')) return [];
  if (!read.ok) {
    budget.addFailure('tag', read.failure, tag);
    return [];
  }
  const origin = { ...tag, manifest: read.value.digest };
  const manifest = parse(read.value, origin, budget);
  return manifest === undefined ? [] : [{ origin, manifest }];
}

/** Reads all referrers in one batch and keeps those that say themselves that they are about this image. */
async function readReferrers(
  source: ArtifactSource,
  subject: Digest,
  referrers: ReadonlyMap<Digest, Origin>,
  budget: SearchBudget,
): Promise<SignatureManifest[]> {
  const limits = referrers.size === 0 ? undefined : budget.nextLeg('reading the referrers');
  if (limits === undefined) return [];
  const entries = [...referrers];
  const reads = await source.readManifests(
    entries.map(([digest]) => ({ digest })),
    limits,
  );
  return entries.flatMap(([digest, origin], at) => {
    const read = reads[at];
    if (read === undefined) throw new TypeError('the source answered fewer manifests than it was asked for');
    if (!read.ok) {
      budget.addFailure('referrer', read.failure, origin);
      return [];
    }
    const manifest = parse(read.value, origin, budget);
    if (manifest === undefined) return [];
    if (read.value.digest !== digest || manifest.subject?.digest !== subject) {
      const other = manifest.subject === undefined ? 'no image' : 'another image';
      budget.addProblem('other-subject', `the referrer ${digest} is about ${other}`, origin);
      return [];
    }
    return [{ origin, manifest }];
  });
}

/** Takes the layers that claim to be signatures; those that cannot be rebuilt are read in one batch. */
async function readCandidates(
  source: ArtifactSource,
  subject: Digest,
  manifests: readonly SignatureManifest[],
  budget: SearchBudget,
): Promise<SignatureCandidate[]> {
  const pieces = manifests.flatMap((one) => {
    const collected = collectPieces(one, subject, source.name, budget.limits);
    for (const { code, message, origin } of collected.problems) budget.addProblem(code, message, origin);
    if (collected.cutShort) budget.reachBound('layers-per-manifest', 'reading a signature manifest', one.origin);
    return collected.pieces;
  });
  if (pieces.length > budget.limits.candidates) budget.reachBound('candidates', `taking ${pieces.length} signatures`);
  const kept = pieces.slice(0, budget.limits.candidates);
  const blobs = await readLayers(source, kept, budget);
  return kept.flatMap((piece) => {
    const bytes = piece.bytes ?? (piece.wanted && blobs.get(piece.wanted.digest));
    return bytes === undefined ? [] : [toCandidate(piece, bytes)];
  });
}

/** The layers by digest; one that several manifests point to is read once. */
async function readLayers(
  source: ArtifactSource,
  pieces: readonly Piece[],
  budget: SearchBudget,
): Promise<ReadonlyMap<Digest, Uint8Array>> {
  const wanted = new Map<Digest, { readonly size: number; readonly origin: Origin }>();
  for (const { wanted: blob, origin } of pieces) {
    if (blob === undefined || wanted.has(blob.digest)) continue;
    if (budget.affords(blob.size)) {
      budget.spend(blob.size);
      wanted.set(blob.digest, { size: blob.size, origin });
    } else {
      budget.reachBound('total-bytes', `reading a signature of ${blob.size} bytes`, origin);
    }
  }
  const blobs = new Map<Digest, Uint8Array>();
  if (wanted.size === 0) return blobs;
  const limits = budget.layerLeg('reading the signatures');
  if (limits === undefined) return blobs;
  const entries = [...wanted];
  const reads = await source.readBlobs(
    entries.map(([digest, { size }]) => ({ digest, size })),
    limits,
  );
  for (const [at, [digest, { origin }]] of entries.entries()) {
    const read = reads[at];
    if (read === undefined) throw new TypeError('the source answered fewer blobs than it was asked for');
    if (read.ok) blobs.set(digest, read.value);
    else budget.addFailure('layer', read.failure, origin);
  }
  return blobs;
}

function parse(stored: StoredManifest, origin: Origin, budget: SearchBudget): Manifest | undefined {
  budget.spend(stored.bytes.length);
  try {
    return parseManifest(stored, budget.limits);
  } catch (problem) {
    if (!(problem instanceof ManifestError)) throw problem;
    budget.addProblem(problem.code, problem.message, origin);
    return undefined;
  }
}
