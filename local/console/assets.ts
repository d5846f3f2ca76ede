import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface Asset {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** The page, its script (bundled now, in memory) and its style. Paths are URL paths. */
export async function buildAssets(): Promise<ReadonlyMap<string, Asset>> {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('./ui/main.tsx', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'silent',
  });
  const read = (name: string) => readFileSync(new URL(`./ui/${name}`, import.meta.url));
  return new Map<string, Asset>([
    ['/', { type: 'text/html; charset=utf-8', body: read('index.html') }],
    ['/app.js', { type: 'text/javascript; charset=utf-8', body: bundle.outputFiles[0]?.contents ?? '' }],
    ['/app.css', { type: 'text/css; charset=utf-8', body: read('app.css') }],
    ['/icon.svg', { type: 'image/svg+xml', body: read('icon.svg') }],
  ]);
}
