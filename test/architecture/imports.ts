import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/** One import of one source file. */
export interface Import {
  /** Path of the importing file from the top of the repository. */
  readonly file: string;
  /** A path from the top of the repository, or the name of a package as it is written. */
  readonly target: string;
}

/** `import ... from 'x'`, `export ... from 'x'`, `import 'x'` and `import('x')`: what Biome's formatting leaves of the forms. */
const IMPORTS = /(?:^|[\s;}])(?:from|import)\s*\(?\s*'([^'\n]+)'/g;

/** The TypeScript files under a folder of the repository. */
export function listSources(folder: string): readonly string[] {
  return readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name))
    .sort();
}

export function readSource(file: string): string {
  return readFileSync(join(REPOSITORY, file), 'utf8');
}

export function findImports(file: string, source: string): readonly Import[] {
  return [...source.matchAll(IMPORTS)].map(([, specifier = '']) => ({
    file,
    target: specifier.startsWith('.') ? relative(REPOSITORY, resolve(REPOSITORY, file, '..', specifier)) : specifier,
  }));
}
