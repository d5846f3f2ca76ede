import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { FUNCTION_BUNDLING } from '../lib/function-bundling.ts';
import { testConfiguration } from '../test/infra/configuration.ts';

const PROJECT = join(import.meta.dirname, '..');

export interface Bundle {
  readonly file: string;
  /** Size of the code, bytes. */
  readonly size: number;
  /** Bytes of the code by the package they come from, largest first; our own code is `countersign`. */
  readonly parts: readonly (readonly [string, number])[];
}

/** Bundles source text that stands in a folder of the project, with the settings of the deployed functions. */
export async function bundleSource(source: string, folder: string, file: string): Promise<Bundle> {
  const { format, target, mainFields, minify, banner } = FUNCTION_BUNDLING;
  const { metafile } = await build({
    stdin: { contents: source, resolveDir: join(PROJECT, folder), loader: 'ts' },
    outfile: file,
    bundle: true,
    platform: 'node',
    format,
    target,
    mainFields: [...mainFields],
    minify,
    banner: { js: banner },
    metafile: true,
    absWorkingDir: PROJECT,
  });
  writeFileSync(join(file, '..', 'countersign.compiled.json'), JSON.stringify(testConfiguration.compiled));
  const parts = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'countersign';
      parts.set(name, (parts.get(name) ?? 0) + bytesInOutput);
    }
  }
  return { file, size: statSync(file).size, parts: [...parts].sort(([, one], [, other]) => other - one) };
}
