import {
  type Key,
  Metadata,
  MetadataKind,
  type Root,
  type Snapshot,
  type Targets,
  type Timestamp,
} from '@tufjs/models';
import { canonicalize } from '../../canonical-json.ts';
import { messageOf } from '../../errors.ts';
import { parseUnambiguously } from '../../signature/json.ts';
import { TufError } from './errors.ts';

/** The roles of TUF that every repository has (TUF specification 1.0, section 2.1). */
export type Role = 'root' | 'timestamp' | 'snapshot' | 'targets';

/** Most octets of each file: what the public Sigstore has is below a tenth of each. */
export const LARGEST: Readonly<Record<Role | 'target', number>> = {
  root: 64 * 1024,
  timestamp: 16 * 1024,
  snapshot: 64 * 1024,
  targets: 128 * 1024,
  target: 256 * 1024,
};

/** Most keys of a root: each may cost a signature check for each file. */
const MOST_KEYS = 64;

/** Parses root.json. Whoever calls checks who signed it. */
export function parseRoot(bytes: Uint8Array): Metadata<Root> {
  const root = read('root', bytes, (json) => Metadata.fromJSON(MetadataKind.Root, json));
  const keys = Object.values(root.signed.keys);
  if (keys.length > MOST_KEYS) throw new TufError('malformed', `root.json has ${keys.length} keys`);
  // A threshold counts key ids: one key under two of them would sign for two.
  if (new Set(keys.map(describeKey)).size !== keys.length) {
    throw new TufError('malformed', 'root.json has one key under two ids');
  }
  return root;
}

export function parseTimestamp(bytes: Uint8Array): Metadata<Timestamp> {
  const timestamp = read('timestamp', bytes, (json) => Metadata.fromJSON(MetadataKind.Timestamp, json));
  checkVersion('snapshot.json in timestamp.json', timestamp.signed.snapshotMeta.version);
  return timestamp;
}

export function parseSnapshot(bytes: Uint8Array): Metadata<Snapshot> {
  const snapshot = read('snapshot', bytes, (json) => Metadata.fromJSON(MetadataKind.Snapshot, json));
  for (const [name, { version }] of Object.entries(snapshot.signed.meta)) {
    checkVersion(`${name.slice(0, 100)} in snapshot.json`, version);
  }
  return snapshot;
}

export function parseTargets(bytes: Uint8Array): Metadata<Targets> {
  return read('targets', bytes, (json) => Metadata.fromJSON(MetadataKind.Targets, json));
}

/** Holds metadata to the keys and the threshold that a root gives its role (TUF specification 5.3.4, 5.4.2, 5.5.3, 5.6.3). Throws `not-signed`. */
export function requireSignatures(
  root: Metadata<Root>,
  role: Role,
  metadata: Metadata<Root> | Metadata<Timestamp> | Metadata<Snapshot> | Metadata<Targets>,
): void {
  try {
    root.verifyDelegate(role, metadata);
  } catch (cause) {
    throw new TufError('not-signed', `${role}.json: ${messageOf(cause).slice(0, 200)}`, { cause });
  }
}

/** When metadata ends, Unix milliseconds. */
export function expiryOf({
  signed,
}: Metadata<Root> | Metadata<Timestamp> | Metadata<Snapshot> | Metadata<Targets>): number {
  return Date.parse(signed.expires);
}

type Json = Parameters<typeof Metadata.fromJSON>[1];

function read<T extends Metadata<Root> | Metadata<Timestamp> | Metadata<Snapshot> | Metadata<Targets>>(
  role: Role,
  bytes: Uint8Array,
  parse: (json: Json) => T,
): T {
  const file = `${role}.json`;
  if (bytes.length > LARGEST[role]) throw new TufError('too-large', `${file} has more than ${LARGEST[role]} octets`);
  let metadata: T;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const json = parseUnambiguously(text);
    if (!isObject(json)) throw new TypeError('it is no object');
    metadata = parse(json);
    requireAllCovered(json.signed, metadata);
  } catch (cause) {
    throw new TufError('malformed', `${file}: ${messageOf(cause).slice(0, 200)}`, { cause });
  }
  checkVersion(file, metadata.signed.version);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(metadata.signed.expires)) {
    throw new TufError('malformed', `${file} has no time of expiry in the form of the specification`);
  }
  return metadata;
}

function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** The signatures are over what was read, written again. What was passed over (other files than snapshot.json in timestamp.json) must
 * not be there: nobody has signed it. */
function requireAllCovered(signed: unknown, metadata: { readonly signed: { toJSON(): unknown } }): void {
  if (canonicalize(signed) !== canonicalize(metadata.signed.toJSON()))
    throw new TypeError('it has members that no signature covers');
}

function checkVersion(what: string, version: number): void {
  if (!Number.isSafeInteger(version) || version < 1) throw new TufError('malformed', `${what} has no version`);
}

function describeKey({ keyVal }: Key): string {
  return keyVal.public?.replaceAll(/\s/g, '') ?? '';
}
