import { createHash } from 'node:crypto';
import type { Metadata, MetaFile, Root, Snapshot, TargetFile, Timestamp } from '@tufjs/models';
import { messageOf } from '../../errors.ts';
import { parseTrustRoot } from '../../signature/trust-root.ts';
import { TufError } from './errors.ts';
import {
  expiryOf,
  LARGEST,
  parseRoot,
  parseSnapshot,
  parseTargets,
  parseTimestamp,
  type Role,
  requireSignatures,
} from './metadata.ts';

/** All files of a TUF repository that lead from an initial root.json to one target, as they were fetched. */
export interface MetadataSet {
  /** The versions of root.json after the initial one, in order. */
  readonly roots: readonly Uint8Array[];
  readonly timestamp: Uint8Array;
  readonly snapshot: Uint8Array;
  readonly targets: Uint8Array;
  readonly target: Uint8Array;
}

/** Where a set comes from: compiled into the configuration, never fetched. */
export interface Authority {
  /** The initial root.json. */
  readonly initialRoot: Uint8Array;
  /** Name of the target that is the trusted root. */
  readonly target: string;
}

/** A set of which every signature, hash, length and version is right. Whether it is up to date is another question: `expiresAt`. */
export interface VerifiedSet {
  readonly versions: Readonly<Record<Role, number>>;
  /** When the first of its files ends, Unix milliseconds. */
  readonly expiresAt: number;
  /** The parsed JSON of the target, which is a usable trusted_root.json. */
  readonly trustedRoot: unknown;
  readonly root: Metadata<Root>;
  readonly timestamp: Metadata<Timestamp>;
  readonly snapshot: Metadata<Snapshot>;
}

/**
 * Verifies a stored set without clock and network (TUF specification 1.0, section 5): each root is signed by its predecessor and by itself, the other
 * roles by the last root, and each file is the one that the file before it names. Throws TufError.
 */
export function verifyMetadataSet(authority: Authority, set: MetadataSet): VerifiedSet {
  const root = followRoots(parseInitialRoot(authority.initialRoot), set.roots);
  const timestamp = readTimestamp(root, set.timestamp);
  const snapshot = readSnapshot(root, timestamp, set.snapshot);
  const targets = readTargets(root, snapshot, set.targets, authority.target);
  return {
    versions: {
      root: root.signed.version,
      timestamp: timestamp.signed.version,
      snapshot: snapshot.signed.version,
      targets: targets.version,
    },
    expiresAt: Math.min(expiryOf(root), expiryOf(timestamp), expiryOf(snapshot), targets.expiresAt),
    trustedRoot: readTarget(targets.file, set.target),
    root,
    timestamp,
    snapshot,
  };
}

/** The root.json that a configuration names: signed by its own keys, so that a truncated or edited file is found when it is compiled. */
export function parseInitialRoot(bytes: Uint8Array): Metadata<Root> {
  const root = parseRoot(bytes);
  requireSignatures(root, 'root', root);
  return root;
}

/** Goes from one root to the next. Roots up to the version of the first are what an older configuration began with. */
export function followRoots(initial: Metadata<Root>, roots: readonly Uint8Array[]): Metadata<Root> {
  let root = initial;
  for (const bytes of roots) {
    const next = parseRoot(bytes);
    if (next.signed.version <= initial.signed.version && root === initial) continue;
    root = followRoot(root, next);
  }
  return root;
}

/** TUF specification 5.3.4 and 5.3.5: signed by the threshold of the old root and of the new, and one version later. */
export function followRoot(root: Metadata<Root>, next: Metadata<Root>): Metadata<Root> {
  requireSignatures(root, 'root', next);
  requireSignatures(next, 'root', next);
  requireVersion('root.json', next.signed.version, root.signed.version + 1);
  return next;
}

export function readTimestamp(root: Metadata<Root>, bytes: Uint8Array): Metadata<Timestamp> {
  const timestamp = parseTimestamp(bytes);
  requireSignatures(root, 'timestamp', timestamp);
  return timestamp;
}

export function readSnapshot(
  root: Metadata<Root>,
  timestamp: Metadata<Timestamp>,
  bytes: Uint8Array,
): Metadata<Snapshot> {
  const { snapshotMeta } = timestamp.signed;
  requireContent('snapshot.json', snapshotMeta, bytes);
  const snapshot = parseSnapshot(bytes);
  requireSignatures(root, 'snapshot', snapshot);
  requireVersion('snapshot.json', snapshot.signed.version, snapshotMeta.version);
  return snapshot;
}

export interface FoundTarget {
  readonly version: number;
  readonly expiresAt: number;
  readonly file: TargetFile;
}

/** The target in targets.json itself. Delegations are not followed: a trusted root is the business of the top-level role. */
export function readTargets(
  root: Metadata<Root>,
  snapshot: Metadata<Snapshot>,
  bytes: Uint8Array,
  target: string,
): FoundTarget {
  const meta = describeTargets(snapshot);
  requireContent('targets.json', meta, bytes);
  const targets = parseTargets(bytes);
  requireSignatures(root, 'targets', targets);
  requireVersion('targets.json', targets.signed.version, meta.version);
  const file = Object.entries(targets.signed.targets).find(([name]) => name === target)?.[1];
  if (file === undefined) throw new TufError('unknown-target', `targets.json has no target ${target}`);
  return { version: targets.signed.version, expiresAt: expiryOf(targets), file };
}

/** What a snapshot says about targets.json. */
export function describeTargets(snapshot: Metadata<Snapshot>): MetaFile {
  const meta = Object.entries(snapshot.signed.meta).find(([name]) => name === 'targets.json')?.[1];
  if (meta === undefined) throw new TufError('malformed', 'snapshot.json does not name targets.json');
  return meta;
}

/** The digest under which a target is trusted and stored. Throws where targets.json gives none that is strong. */
export function digestOfTarget({ hashes }: TargetFile): string {
  const digest = hashes.sha256;
  if (digest === undefined || !/^[0-9a-f]{64}$/.test(digest)) {
    throw new TufError('malformed', 'targets.json gives the target no sha256 digest');
  }
  return digest;
}

/** The target, as a trusted root that can be used whole. */
export function readTarget(file: TargetFile, bytes: Uint8Array): unknown {
  if (bytes.length > LARGEST.target)
    throw new TufError('too-large', `the target has more than ${LARGEST.target} octets`);
  if (bytes.length !== file.length || createHash('sha256').update(bytes).digest('hex') !== digestOfTarget(file)) {
    throw new TufError('wrong-content', 'the target is not the one that targets.json names');
  }
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    parseTrustRoot(json);
    return json;
  } catch (cause) {
    throw new TufError('unusable-target', `the target: ${messageOf(cause).slice(0, 200)}`, { cause });
  }
}

function requireVersion(file: string, version: number, wanted: number): void {
  if (version !== wanted)
    throw new TufError('wrong-version', `${file} has the version ${version} instead of ${wanted}`);
}

/** The length and the hashes that the file before it gives; TUF lets both be left out, since the file is signed and its version given. */
function requireContent(name: string, meta: MetaFile, bytes: Uint8Array): void {
  try {
    meta.verify(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  } catch (cause) {
    throw new TufError('wrong-content', `${name}: ${messageOf(cause).slice(0, 200)}`, { cause });
  }
}
