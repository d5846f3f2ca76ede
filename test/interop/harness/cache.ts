import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';

/** Where what was installed stays between runs. It survives a clean checkout. */
export const CACHE =
  process.env.COUNTERSIGN_INTEROP_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'countersign-interop');

/**
 * A folder of the cache, filled once for each content of `sources` (lock files and programs of ours: files or folders) and each `toolchain`.
 * A fill that was cut short is begun again.
 */
export async function cached(
  name: string,
  sources: readonly string[],
  toolchain: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${toolchain}\n`);
  for (const source of sources) {
    for (const file of filesOf(source)) {
      hash.update(`${relative(source, file)}\n`).update(readFileSync(file));
    }
  }
  const folder = join(CACHE, `${name}-${hash.digest('hex').slice(0, 16)}`);
  const complete = join(folder, '.complete');
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await fill(folder);
    writeFileSync(complete, '');
  }
  return folder;
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
