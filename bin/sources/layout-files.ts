import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOf, hexOf, isDigest } from '../../lambdas/core/digest.ts';
import { failed } from '../../lambdas/core/images/read-bytes.ts';
import type { BoundName, Read } from '../../lambdas/core/images/source.ts';

/**
 * The files of an OCI layout folder. Only `index.json`, `oci-layout` and `blobs/sha256/<64 hex digits>` are ever opened, only where they are regular
 * files and no part of the way inside the folder is a symbolic link, and no byte is read of a file beyond its bound.
 */
export class LayoutFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Whether this is a layout whose `blobs/sha256` is a real folder inside it. */
  async isLayout(): Promise<boolean> {
    const parts = [lstat(join(this.folder, 'blobs')), lstat(join(this.folder, 'blobs', 'sha256'))];
    const [blobs, sha256] = await Promise.allSettled(parts);
    return [blobs, sha256].every((part) => part?.status === 'fulfilled' && part.value.isDirectory());
  }

  readTop(name: 'index.json' | 'oci-layout', most: number): Promise<Read<Uint8Array>> {
    return readRegularFile(join(this.folder, name), name, most, 'manifest-bytes');
  }

  /** A blob with its digest checked. */
  async readBlob(digest: Digest, most: number, bound: BoundName): Promise<Read<Uint8Array>> {
    const read = await readRegularFile(this.#pathOf(digest), digest, most, bound);
    if (!read.ok) return read;
    const actual = digestOf(read.value);
    return actual === digest ? read : failed('digest-mismatch', `${digest} has the digest ${actual}`);
  }

  /** The digests of the regular files among the blobs, in order of their names. */
  async listBlobs(): Promise<readonly Digest[]> {
    const entries = await readdir(join(this.folder, 'blobs', 'sha256'), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => `sha256:${entry.name}`)
      .filter(isDigest)
      .sort();
  }

  /** The size of a blob that begins like a JSON object; undefined for every other file, without reading more of it than a few bytes. */
  async sizeIfJson(digest: Digest): Promise<number | undefined> {
    const opened = await withRegularFile(this.#pathOf(digest), digest, async (file, size) => {
      const start = Buffer.alloc(16);
      const { bytesRead } = await file.read(start, 0, start.length, 0);
      return { ok: true, value: /^\s*\{/.test(start.toString('latin1', 0, bytesRead)) ? size : undefined };
    });
    return opened.ok ? opened.value : undefined;
  }

  #pathOf(digest: Digest): string {
    return join(this.folder, 'blobs', 'sha256', hexOf(digest));
  }
}

function readRegularFile(path: string, what: string, most: number, bound: BoundName): Promise<Read<Uint8Array>> {
  return withRegularFile(path, what, async (file, size) => {
    if (size > most) return failed('too-large', `${what} has ${size} bytes`, bound);
    // One byte more than the size shows a file that grows meanwhile
    const buffer = Buffer.alloc(size + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) return { ok: true, value: buffer.subarray(0, length) };
      length += bytesRead;
    }
    return failed('transient', `${what} grew while it was read`);
  });
}

/** Opens without following a link and without waiting for a pipe, looks what it is, and only then lets it be read. */
async function withRegularFile<T>(
  path: string,
  what: string,
  use: (file: FileHandle, size: number) => Promise<Read<T>>,
): Promise<Read<T>> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile()) return failed('malformed', `${what} is not a regular file`);
    return await use(file, stats.size);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return failed('not-found', `${what} is not there`);
    if (code === 'ELOOP' || code === 'EMLINK') return failed('malformed', `${what} is a symbolic link`);
    if (code === 'EACCES' || code === 'EPERM') return failed('denied', `${what} may not be read`);
    return failed('transient', `${what} could not be read: ${String(code ?? thrown)}`);
  }
}
