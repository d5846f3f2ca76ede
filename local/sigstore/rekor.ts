import { createHash, randomInt, sign } from 'node:crypto';
import { generateEcKey, generateEd25519Key, type KeyPair } from './certificates.ts';
import type { Flaws } from './flaws.ts';
import { hashLeaf, proveInclusion, rootOf } from './merkle.ts';

/** A transparency log entry in the JSON form of `dev.sigstore.rekor.v1.TransparencyLogEntry`: protobuf JSON leaves zero values out. */
export interface LogEntry {
  readonly logIndex?: string;
  readonly logId: { readonly keyId: string };
  readonly kindVersion: { readonly kind: string; readonly version: string };
  readonly integratedTime?: string;
  readonly inclusionPromise?: { readonly signedEntryTimestamp: string };
  readonly inclusionProof: {
    readonly logIndex?: string;
    readonly rootHash: string;
    readonly treeSize: string;
    readonly hashes?: readonly string[];
    readonly checkpoint: { readonly envelope: string };
  };
  readonly canonicalizedBody: string;
}

/** A transparency log kept in memory: Rekor v1 (P-256, signed entry timestamps) or v2 (Ed25519, tiles, no time of its own). */
export interface TransparencyLog {
  readonly version: 'v1' | 'v2';
  /** The origin of its checkpoints is this name (v1 adds its tree id). */
  readonly name: string;
  readonly keys: KeyPair;
  /** v1: SHA-256 of the key; v2: the key id of a signed note (C2SP signed-note), over name and key. */
  readonly logId: Buffer;
  /** Adds an entry, in its canonical JSON form, and proves that it is in. */
  append(
    body: { readonly kind: string; readonly apiVersion: string; readonly spec: unknown },
    now: number,
    flaws?: Flaws,
  ): LogEntry;
}

export function createLog(version: 'v1' | 'v2', name: string): TransparencyLog {
  const keys = version === 'v1' ? generateEcKey() : generateEd25519Key();
  const stranger = version === 'v1' ? generateEcKey() : generateEd25519Key();
  const logId =
    version === 'v1'
      ? sha256(keys.spki)
      : sha256(Buffer.concat([Buffer.from(`${name}\n\x01`), keys.spki.subarray(-32)]));
  const origin = version === 'v1' ? `${name} - ${randomInt(2 ** 47)}` : name;
  const leaves: Buffer[] = [];

  return {
    version,
    name,
    keys,
    logId,
    append: (body, now, flaws = {}) => {
      const canonical = Buffer.from(canonicalJson(body));
      const index = leaves.push(hashLeaf(canonical)) - 1;
      const signing = flaws.untrustedLog ? stranger : keys;
      const root = rootOf(leaves);
      const hashes = proveInclusion(leaves, index);
      const first = hashes[0];
      if (flaws.brokenInclusionProof) hashes[0] = first === undefined ? sha256(canonical) : sha256(first);
      return {
        ...(index === 0 ? {} : { logIndex: String(index) }),
        logId: { keyId: logId.toString('base64') },
        kindVersion: { kind: body.kind, version: body.apiVersion },
        ...(version === 'v1'
          ? promise(canonical, index, now, logId, flaws.brokenEntryTimestamp ? stranger : signing)
          : {}),
        inclusionProof: {
          ...(index === 0 ? {} : { logIndex: String(index) }),
          rootHash: root.toString('base64'),
          treeSize: String(leaves.length),
          ...(hashes.length === 0 ? {} : { hashes: hashes.map((hash) => hash.toString('base64')) }),
          checkpoint: { envelope: signCheckpoint(origin, name, leaves.length, root, logId, signing) },
        },
        canonicalizedBody: canonical.toString('base64'),
      };
    },
  };
}

/** What a v1 log signs at once: the entry with its place and time, as canonical JSON. Seconds since 1970. */
function promise(canonical: Buffer, index: number, now: number, logId: Buffer, signing: KeyPair) {
  const integratedTime = Math.floor(now / 1000);
  const payload = canonicalJson({
    body: canonical.toString('base64'),
    integratedTime,
    logID: logId.toString('hex'),
    logIndex: index,
  });
  const signature = sign('sha256', Buffer.from(payload), signing.privateKey);
  return {
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp: signature.toString('base64') },
  };
}

/** A signed note over a checkpoint (C2SP tlog-checkpoint): origin, size, root; then name, key hint and signature. */
function signCheckpoint(
  origin: string,
  name: string,
  size: number,
  root: Buffer,
  logId: Buffer,
  signing: KeyPair,
): string {
  const note = `${origin}\n${size}\n${root.toString('base64')}\n`;
  const algorithm = signing.privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const signature = sign(algorithm, Buffer.from(note), signing.privateKey);
  return `${note}\n\u2014 ${name} ${Buffer.concat([logId.subarray(0, 4), signature]).toString('base64')}\n`;
}

/** JSON with sorted keys and no white space (RFC 8785 for the plain strings and integers used here). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
