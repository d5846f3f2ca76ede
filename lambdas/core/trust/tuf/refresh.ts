import type { Metadata, Root } from '@tufjs/models';
import { TufError } from './errors.ts';
import { expiryOf, LARGEST, parseRoot } from './metadata.ts';
import {
  type Authority,
  describeTargets,
  digestOfTarget,
  followRoot,
  followRoots,
  type MetadataSet,
  parseInitialRoot,
  readSnapshot,
  readTargets,
  readTimestamp,
  type VerifiedSet,
  verifyMetadataSet,
} from './metadata-set.ts';

/** Where the files of a TUF repository are. */
export interface Mirror {
  /** At most `most` octets of a file, undefined where it is not there. Rejects with TufError. */
  read(path: string, most: number): Promise<Uint8Array | undefined>;
}

/** Most new versions of root.json in one refresh. */
const MOST_ROOTS = 64;

/** A stored set with what was found when it was verified. */
export interface HeldSet {
  readonly set: MetadataSet;
  readonly verified: VerifiedSet;
}

export type Refresh =
  /** The mirror has what is held, and it is up to date. */
  | { readonly outcome: 'current' }
  | { readonly outcome: 'newer'; readonly set: MetadataSet; readonly verified: VerifiedSet };

/**
 * Fetches what leads from the last root that is held, or the initial one, to the trusted root (TUF specification 1.0, section 5). Nothing of it is kept where
 * one file is refused, and nothing replaces what is held that is older in any part or past its end at `now` (Unix milliseconds). Throws TufError.
 */
export async function refreshMetadata(
  authority: Authority,
  held: HeldSet | undefined,
  mirror: Mirror,
  now: number,
): Promise<Refresh> {
  const initial = parseInitialRoot(authority.initialRoot);
  const roots = (held?.set.roots ?? []).filter((bytes) => parseRoot(bytes).signed.version > initial.signed.version);
  let root = followRoots(initial, roots);
  for (let count = 0; count < MOST_ROOTS; count += 1) {
    const bytes = await mirror.read(`${root.signed.version + 1}.root.json`, LARGEST.root);
    if (bytes === undefined) break;
    root = followRoot(root, parseRoot(bytes));
    roots.push(bytes);
  }
  requireUnexpired('root.json', expiryOf(root), now);

  const timestampBytes = await fetchExisting(mirror, 'timestamp.json', LARGEST.timestamp);
  const timestamp = readTimestamp(root, timestampBytes);
  // What keys signed that the root has taken back counts for nothing: that is how a repository recovers (TUF specification 5.3.11).
  const before = held !== undefined && isStillSigned(root, held) ? held.verified : undefined;
  if (before !== undefined) {
    requireNoRollback('timestamp.json', timestamp.signed.version, before.timestamp.signed.version);
    const { version } = timestamp.signed.snapshotMeta;
    requireNoRollback('snapshot.json', version, before.timestamp.signed.snapshotMeta.version);
  }
  requireUnexpired('timestamp.json', expiryOf(timestamp), now);
  if (held !== undefined && before?.timestamp.signed.version === timestamp.signed.version) {
    requireUnexpired('the metadata that is held', held.verified.expiresAt, now);
    if (root.signed.version === held.verified.versions.root) return { outcome: 'current' };
    const set = { ...held.set, roots };
    return { outcome: 'newer', set, verified: verifyMetadataSet(authority, set) };
  }

  const { snapshotMeta } = timestamp.signed;
  const snapshotBytes = await fetchExisting(
    mirror,
    versioned(root, snapshotMeta.version, 'snapshot.json'),
    lesser(snapshotMeta.length, LARGEST.snapshot),
  );
  const snapshot = readSnapshot(root, timestamp, snapshotBytes);
  if (before !== undefined) {
    const versions = new Map(Object.entries(snapshot.signed.meta).map(([name, { version }]) => [name, version]));
    for (const [name, { version }] of Object.entries(before.snapshot.signed.meta)) {
      requireNoRollback(name.slice(0, 100), versions.get(name) ?? 0, version);
    }
  }
  requireUnexpired('snapshot.json', expiryOf(snapshot), now);

  const targetsMeta = describeTargets(snapshot);
  const targetsBytes = await fetchExisting(
    mirror,
    versioned(root, targetsMeta.version, 'targets.json'),
    lesser(targetsMeta.length, LARGEST.targets),
  );
  const { file, expiresAt } = readTargets(root, snapshot, targetsBytes, authority.target);
  requireUnexpired('targets.json', expiresAt, now);
  const target = await fetchExisting(
    mirror,
    targetPath(root, authority.target, digestOfTarget(file)),
    lesser(file.length, LARGEST.target),
  );
  const set = { roots, timestamp: timestampBytes, snapshot: snapshotBytes, targets: targetsBytes, target };
  // The same check that stands before every use: what is stored is what will be accepted.
  return { outcome: 'newer', set, verified: verifyMetadataSet(authority, set) };
}

function isStillSigned(root: Metadata<Root>, { set, verified }: HeldSet): boolean {
  try {
    readSnapshot(root, readTimestamp(root, set.timestamp), set.snapshot);
    return true;
  } catch (thrown) {
    if (thrown instanceof TufError && verified.versions.root < root.signed.version) return false;
    throw thrown;
  }
}

async function fetchExisting(mirror: Mirror, path: string, most: number): Promise<Uint8Array> {
  const bytes = await mirror.read(path, most);
  if (bytes === undefined) throw new TufError('unreachable', `the mirror has no ${path}`);
  return bytes;
}

/** TUF specification 6.2: with consistent snapshots the version is in the name of the file. */
function versioned({ signed }: Metadata<Root>, version: number, name: string): string {
  return signed.consistentSnapshot ? `${version}.${name}` : name;
}

function targetPath({ signed }: Metadata<Root>, target: string, digest: string): string {
  if (!signed.consistentSnapshot) return `targets/${target}`;
  const slash = target.lastIndexOf('/') + 1;
  return `targets/${target.slice(0, slash)}${digest}.${target.slice(slash)}`;
}

function lesser(length: number | undefined, most: number): number {
  return Math.min(length ?? most, most);
}

function requireNoRollback(file: string, version: number, held: number): void {
  if (version < held)
    throw new TufError(
      'rolled-back',
      `the mirror has version ${version} of ${file}, older than ${held}, which is held`,
    );
}

function requireUnexpired(file: string, expiresAt: number, now: number): void {
  if (expiresAt <= now) throw new TufError('expired', `${file} ended on ${new Date(expiresAt).toISOString()}`);
}
