import { readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { STACK_NAME } from '../../../lib/synthesize.ts';
import { findFunction, readTemplate, type Template } from '../../support/template.ts';
import type { Processes } from './processes.ts';

export const REGION = 'eu-west-1';
export const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** A `cdk.out` folder with bundled functions. */
export interface Synthesized {
  readonly folder: string;
  readonly templateFile: string;
  readonly template: Template;
  /** The folder that CDK would zip for a function of `lambdas/`. */
  bundleOf(name: string): string;
}

/** The CDK command line of the repository, run by this same Node. */
export const cdk = (...args: readonly string[]): string[] => [
  process.execPath,
  join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk'),
  ...args,
  '--no-notices',
];

/**
 * The environment of `cdk`, which starts the app with the first `node` of the PATH. Nothing of this machine's AWS settings is in it: no test may ever reach a
 * real account.
 */
export const cdkEnvironment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:AWS|CDK)_/.test(name))),
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_REGION: REGION,
  ...more,
});

/** `cdk synth` into a folder, with the functions bundled by esbuild; `configuration` in place of the repository's own. */
export async function synthesize(processes: Processes, folder: string, configuration?: string): Promise<Synthesized> {
  await processes.must(cdk('synth', '--quiet', '--no-version-reporting', '--output', folder), {
    cwd: ROOT,
    env: cdkEnvironment(configuration === undefined ? {} : { COUNTERSIGN_CONFIG: configuration }),
  });
  const templateFile = join(folder, `${STACK_NAME}.template.json`);
  const template = readTemplate(JSON.parse(readFileSync(templateFile, 'utf8')));
  return {
    folder,
    templateFile,
    template,
    bundleOf: (name) => {
      const [, { Metadata }] = findFunction(template, name);
      return join(folder, z.string().parse(Metadata['aws:asset:path']));
    },
  };
}
