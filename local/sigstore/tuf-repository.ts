import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** The roles of TUF that every repository has. */
export type TufRole = 'root' | 'timestamp' | 'snapshot' | 'targets';

export interface TufKey {
  readonly id: string;
  readonly json: unknown;
  readonly privateKey: KeyObject;
}

export interface TufRepositoryOptions {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** What the target `trusted_root.json` holds. */
  readonly trustedRoot: unknown;
  /** How many keys sign each role and are needed for it. Default: 2 for root, else 1. */
  readonly thresholds?: Partial<Record<TufRole, number>>;
}

/** How long metadata lasts from when it is signed, milliseconds. */
export const LIFETIME: Readonly<Record<TufRole, number>> = {
  root: 365 * 86_400_000,
  timestamp: 7 * 86_400_000,
  snapshot: 30 * 86_400_000,
  targets: 90 * 86_400_000,
};

export function createTufKey(): TufKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const json = {
    keytype: 'ecdsa',
    scheme: 'ecdsa-sha2-nistp256',
    keyval: { public: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
  };
  return { id: createHash('sha256').update(canonicalize(json)).digest('hex'), json, privateKey };
}

/** Signs metadata with each of the keys. */
export function signMetadata(signed: unknown, keys: readonly TufKey[]): Buffer {
  const bytes = Buffer.from(canonicalize(signed));
  const signatures = keys.map(({ id, privateKey }) => ({
    keyid: id,
    sig: sign('sha256', bytes, privateKey).toString('hex'),
  }));
  return Buffer.from(JSON.stringify({ signatures, signed }));
}

/**
 * A TUF repository in memory, with consistent snapshots, as the public Sigstore has one. `files` is what its mirror serves; whoever plays an attacker changes them.
 */
export class TufRepository {
  readonly files = new Map<string, Buffer>();
  readonly versions: Record<TufRole, number> = { root: 0, timestamp: 0, snapshot: 0, targets: 0 };
  keys: Record<TufRole, readonly TufKey[]>;
  thresholds: Record<TufRole, number>;
  trustedRoot: unknown;
  private readonly now: () => number;

  constructor({ now, trustedRoot, thresholds }: TufRepositoryOptions) {
    this.now = now;
    this.trustedRoot = trustedRoot;
    this.thresholds = { root: 2, timestamp: 1, snapshot: 1, targets: 1, ...thresholds };
    const make = (role: TufRole) => Array.from({ length: this.thresholds[role] }, createTufKey);
    this.keys = {
      root: make('root'),
      timestamp: make('timestamp'),
      snapshot: make('snapshot'),
      targets: make('targets'),
    };
    this.publishRoot();
    this.publish();
  }

  /** The file of a version of root.json. */
  root(version = 1): Buffer {
    return this.files.get(`${version}.root.json`) ?? Buffer.alloc(0);
  }

  /** Publishes a new root with other keys, signed by the old keys and the new. */
  rotate(keys: Partial<Record<TufRole, readonly TufKey[]>>): void {
    const before = this.versions.root === 0 ? [] : this.keys.root;
    this.keys = { ...this.keys, ...keys };
    this.publishRoot(before);
  }

  /** Publishes a new version of everything below the root. */
  publish(changes: { readonly trustedRoot?: unknown } = {}): void {
    if ('trustedRoot' in changes) this.trustedRoot = changes.trustedRoot;
    const target = Buffer.from(JSON.stringify(this.trustedRoot));
    this.files.set(`targets/${sha256(target)}.trusted_root.json`, target);
    const targets = this.sign('targets', {
      targets: { 'trusted_root.json': { length: target.length, hashes: { sha256: sha256(target) } } },
    });
    this.files.set(`${this.versions.targets}.targets.json`, targets);
    const snapshot = this.sign('snapshot', { meta: { 'targets.json': this.describe('targets', targets) } });
    this.files.set(`${this.versions.snapshot}.snapshot.json`, snapshot);
    this.files.set(
      'timestamp.json',
      this.sign('timestamp', { meta: { 'snapshot.json': this.describe('snapshot', snapshot) } }),
    );
  }

  /** Signs only a new timestamp, as a repository does every few days. */
  renew(): void {
    const snapshot = this.files.get(`${this.versions.snapshot}.snapshot.json`) ?? Buffer.alloc(0);
    this.files.set(
      'timestamp.json',
      this.sign('timestamp', { meta: { 'snapshot.json': this.describe('snapshot', snapshot) } }),
    );
  }

  /** The next version of a role's metadata, signed by the role's keys. */
  sign(role: TufRole, content: object, keys: readonly TufKey[] = this.keys[role]): Buffer {
    this.versions[role] += 1;
    return signMetadata(
      {
        _type: role,
        spec_version: '1.0.31',
        version: this.versions[role],
        expires: new Date(this.now() + LIFETIME[role]).toISOString().replace(/\.\d+Z$/, 'Z'),
        ...content,
      },
      keys,
    );
  }

  private publishRoot(oldKeys: readonly TufKey[] = []): void {
    const roles: [TufRole, readonly TufKey[]][] = [
      ['root', this.keys.root],
      ['timestamp', this.keys.timestamp],
      ['snapshot', this.keys.snapshot],
      ['targets', this.keys.targets],
    ];
    const content = {
      consistent_snapshot: true,
      keys: Object.fromEntries(roles.flatMap(([, keys]) => keys.map(({ id, json }) => [id, json]))),
      roles: Object.fromEntries(
        roles.map(([role, keys]) => [role, { keyids: keys.map(({ id }) => id), threshold: this.thresholds[role] }]),
      ),
    };
    const signers = [...new Set([...oldKeys, ...this.keys.root])];
    const bytes = this.sign('root', content, signers);
    this.files.set(`${this.versions.root}.root.json`, bytes);
  }

  private describe(role: TufRole, bytes: Buffer): object {
    return { version: this.versions[role], length: bytes.length, hashes: { sha256: sha256(bytes) } };
  }
}

/** A `fetch` that serves a repository at an address, and asks another for everything else. */
export function serveRepository(repository: TufRepository, mirror: string, other: typeof fetch): typeof fetch {
  return async (address, options) => {
    const url = address instanceof Request ? address.url : String(address);
    if (!url.startsWith(`${mirror}/`)) return other(address, options);
    const file = repository.files.get(url.slice(mirror.length + 1));
    return file === undefined ? new Response(null, { status: 404 }) : new Response(new Uint8Array(file));
  };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Canonical JSON as TUF has it (specification 4.2.1): keys in order, and only quotes and backslashes escaped. */
function canonicalize(value: unknown): string {
  if (typeof value === 'string') return `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
  if (Array.isArray(value)) return `[${value.map(canonicalize).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${canonicalize(key)}:${canonicalize(member)}`).join(',')}}`;
}
