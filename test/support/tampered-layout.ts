import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './temporary-folder.ts';

/** A copy of an OCI layout that can be tampered with, and is removed when the test is over. */
export class TamperedLayout {
  readonly folder = makeFolder();

  constructor(original: string) {
    cpSync(original, this.folder, { recursive: true });
  }

  read(digest: string): Buffer {
    return readFileSync(this.#pathOf(digest));
  }

  has(digest: string): boolean {
    return existsSync(this.#pathOf(digest));
  }

  /** Changes bytes and leaves the name: the digest no longer fits. */
  overwrite(digest: string, bytes: Uint8Array): void {
    writeFileSync(this.#pathOf(digest), bytes);
  }

  /**
   * Changes bytes and makes every digest fit again: what points to the blob points to the new one, and so on up to `index.json`. Sizes have to stay.
   * Gives the new digest.
   */
  replace(digest: string, bytes: Uint8Array): string {
    const changed = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    if (changed === digest) return changed;
    writeFileSync(this.#pathOf(changed), bytes);
    this.repoint(digest, changed);
    // What nothing points to would still be found by its subject.
    rmSync(this.#pathOf(digest));
    return changed;
  }

  /** Makes everything that points to one digest point to another, under digests that fit. */
  repoint(digest: string, to: string): void {
    const blobs = join(this.folder, 'blobs', 'sha256');
    const [hex, other] = [digest.slice(7), to.slice(7)];
    for (const name of readdirSync(blobs)) {
      const text = readFileSync(join(blobs, name), 'latin1');
      if (!text.startsWith('{"schemaVersion"') || !text.includes(hex)) continue;
      this.replace(`sha256:${name}`, Buffer.from(text.replaceAll(hex, other), 'latin1'));
    }
    const index = join(this.folder, 'index.json');
    writeFileSync(index, readFileSync(index, 'utf8').replaceAll(hex, other));
  }

  #pathOf(digest: string): string {
    return join(this.folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
  }
}

/** The bytes with one bit changed. */
export function flipBit(bytes: Uint8Array, at: number, bit = 0): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}
