import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { HubStack } from '../../lib/hub-stack.ts';
import { featureFlags } from '../../lib/synthesize.ts';
import { packagesOf, readSources } from '../support/bundle-licences.ts';
import { readTemplate, resourcesOf } from '../support/template.ts';
import { fullConfiguration } from './configuration.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const functions = ['image-reaction', 'recorder', 'sweep', 'trust-refresh'];
const codeSchema = z.object({ S3Key: z.string().regex(/^[0-9a-f]{64}\.zip$/) });

let outdir: string;
const folders = new Map<string, string>();

beforeAll(() => {
  // Within the project, as `cdk synth` has it: paths in source maps are relative to the bundle.
  mkdirSync(join(root, '.build'), { recursive: true });
  outdir = mkdtempSync(join(root, '.build', "bundles $HOME '`-"));
  const app = new App({ outdir, context: featureFlags(), analyticsReporting: false });
  const stack = new HubStack(app, 'Bundled', { configuration: fullConfiguration });
  const template = readTemplate(app.synth().getStackArtifact(stack.artifactId).template);
  for (const [, { Metadata, Properties }] of resourcesOf(template, 'AWS::Lambda::Function'))
    folders.set(
      String(Metadata['countersign:function']),
      join(outdir, `asset.${codeSchema.parse(Properties.Code).S3Key.slice(0, 64)}`),
    );
}, 120_000);
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const bundleOf = (name: string) => folders.get(name) ?? '';

describe.each(functions)('the bundle of %s', (name) => {
  it('is one module with its source map and the compiled configuration beside it', () => {
    expect(readdirSync(bundleOf(name)).sort()).toEqual(['countersign.compiled.json', 'index.mjs', 'index.mjs.map']);
    expect(JSON.parse(readFileSync(join(bundleOf(name), 'countersign.compiled.json'), 'utf8'))).toEqual(
      fullConfiguration.compiled,
    );
  });

  it('holds nothing of the embedded account, the CDK app, the command line or the tests', () => {
    const own = readSources(join(bundleOf(name), 'index.mjs.map')).filter(
      (source) => source.startsWith(root) && !source.includes('node_modules'),
    );

    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((source) => !source.startsWith(join(root, 'lambdas')))).toEqual([]);
    expect(own.filter((source) => !existsSync(source))).toEqual([]);
  });

  it('holds only packages that may be shipped', () => {
    const packages = packagesOf(readSources(join(bundleOf(name), 'index.mjs.map')));

    expect(packages.filter((one) => !one.permissive)).toEqual([]);
    expect(packages.filter((one) => /cloud-copilot|aws-cdk/.test(one.name))).toEqual([]);
  });

  it('starts in Node.js on its own, away from node_modules, and exports the handler', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'countersign-bundle-'));
    try {
      execFileSync('cp', ['-R', `${bundleOf(name)}/.`, elsewhere]);

      const output = execFileSync(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `const it = await import(${JSON.stringify(pathToFileURL(join(elsewhere, 'index.mjs')).href)}); console.log('handler is a ' + typeof it.handler)`,
        ],
        {
          encoding: 'utf8',
          env: { AWS_REGION: 'eu-west-1', POWERTOOLS_DEV: 'false', ...deployedEnvironment },
          timeout: 30_000,
        },
      );

      expect(output).toContain('handler is a function');
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });
});

/** What Lambda would set; the handlers read these when they start. */
const deployedEnvironment = {
  VERDICT_TABLE: 'verdicts',
  IMAGE_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/countersign-image',
  FINDINGS_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/countersign-findings',
  REJECTED_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/countersign-image-dead-letters',
  LEDGER_TABLE: 'ledger',
  PLAN_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/countersign-plan',
  KILL_SWITCH: '/countersign/kill-switch',
  POWERTOOLS_SERVICE_NAME: 'test',
  POWERTOOLS_METRICS_NAMESPACE: 'Countersign',
};
