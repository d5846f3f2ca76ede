import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { z } from 'zod';
import { type DeployedConfiguration, HubStack } from './hub-stack.ts';

/** The name under which the stack is deployed. */
export const STACK_NAME = 'CountersignHub';

export interface SynthesisOptions {
  readonly configuration: DeployedConfiguration;
  /** Default: none, the template works in any account and region and says `AWS::AccountId` and `AWS::Region`. */
  readonly account?: string;
  readonly region?: string;
}

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()) });

/**
 * The CloudFormation template of the hub stack, as `cdk synth` makes it, but in this process and without bundling the functions: the code
 * of a function is named by its metadata `countersign:function`, its place in S3 means nothing. About a second, no network, leaves no files.
 */
export function synthesizeTemplate({ configuration, account, region }: SynthesisOptions): unknown {
  const outdir = mkdtempSync(join(tmpdir(), 'countersign-synth-'));
  try {
    const app = new App({
      outdir,
      context: { ...featureFlags(), 'aws:cdk:bundling-stacks': [] },
      analyticsReporting: false,
    });
    const stack = new HubStack(app, STACK_NAME, { configuration, env: { account, region } });
    return app.synth().getStackArtifact(stack.artifactId).template;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The CDK feature flags of `cdk.json`, which the CDK reads only when its own command line starts the app. */
export function featureFlags(): Record<string, unknown> {
  return cdkJson.parse(JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8'))).context;
}
