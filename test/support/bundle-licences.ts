import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

const sourceMap = z.object({ sources: z.array(z.string()) });
const manifest = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  license: z.unknown().optional(),
});

/** Licences that let anybody ship the package inside a bundle. Everything else, also the unknown, is refused. */
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
  '(MIT OR Apache-2.0)',
  '(MIT OR CC0-1.0)',
]);

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly permissive: boolean;
}

/** Absolute paths of the sources of a bundle, from its source map. `folder` is what the paths in the map are relative to. */
export function readSources(mapFile: string, folder: string = dirname(mapFile)): string[] {
  return sourceMap.parse(JSON.parse(readFileSync(mapFile, 'utf8'))).sources.map((source) => resolve(folder, source));
}

/** The npm packages whose code is in a bundle, each with its licence. */
export function packagesOf(sources: readonly string[]): BundledPackage[] {
  const folders = new Set(sources.flatMap((source) => packageFolder(source) ?? []));
  return [...folders].map((folder) => {
    const {
      name = folder,
      version = '',
      license,
    } = manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    const licence = typeof license === 'string' ? license : JSON.stringify(license ?? 'none given');
    return { name, version, licence, permissive: permissive.has(licence) };
  });
}

/** `.../node_modules/@scope/name` of a file in it, or undefined outside of node_modules. */
function packageFolder(file: string): string | undefined {
  const parts = file.split(/[\\/]/);
  const at = parts.lastIndexOf('node_modules');
  if (at === -1) return undefined;
  const length = parts[at + 1]?.startsWith('@') ? 3 : 2;
  return parts.slice(0, at + length).join('/');
}
