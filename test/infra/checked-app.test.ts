import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createCheckedApp } from '../../lib/checked-app.ts';
import { GlobalIamStack } from '../../lib/global-iam-stack.ts';
import { HubStack } from '../../lib/hub-stack.ts';
import { featureFlags } from '../../lib/synthesize.ts';
import { fullConfiguration } from './configuration.ts';

const reportSchema = z.object({
  pluginReports: z.array(
    z.object({
      pluginName: z.string(),
      conclusion: z.string(),
      violations: z.array(z.object({ ruleName: z.string() })).default([]),
    }),
  ),
});

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'countersign-checks-'));
  // The reports are for people who deploy.
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(console, 'error').mockReturnValue();
});
afterEach(() => {
  rmSync(outdir, { recursive: true, force: true });
  vi.restoreAllMocks();
});

const createApp = () => createCheckedApp({ outdir, context: { ...featureFlags(), 'aws:cdk:bundling-stacks': [] } });
const readReport = () =>
  reportSchema.parse(JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'))).pluginReports;

// The first run loads the CloudFormation schemas, which takes its time on a busy machine.
describe('the rules that a deployment is held to', { timeout: 60_000 }, () => {
  it.each([
    ['in any account and region', {}],
    ['in one account and region', { account: '111122223333', region: 'eu-west-1' }],
    ['in us-east-1', { account: '111122223333', region: 'us-east-1' }],
    ['in China', { account: '111122223333', region: 'cn-north-1' }],
    ['in GovCloud', { account: '111122223333', region: 'us-gov-west-1' }],
  ])('find nothing in the hub stack %s', (_where, env) => {
    const app = createApp();
    new HubStack(app, 'Checked', { configuration: fullConfiguration, env });

    app.synth();

    expect(readReport().map(({ pluginName, conclusion }) => [pluginName, conclusion])).toEqual([
      ['AwsSolutions', 'success'],
      ['Serverless', 'success'],
      ['NIST.800.53.R5', 'success'],
    ]);
  });

  it.each([
    ['of a hub that is known', 'eu-west-1'],
    ['of any hub', undefined],
  ])('find nothing in the stack that hands events of IAM to the bus %s', (_whose, hubRegion) => {
    const app = createApp();
    new GlobalIamStack(app, 'Checked', { hubRegion, alarms: fullConfiguration.alarms, env: { region: 'us-east-1' } });

    app.synth();

    expect(readReport().map(({ conclusion }) => conclusion)).toEqual(['success', 'success', 'success']);
  });

  it('find nothing with a topic from elsewhere', () => {
    const app = createApp();
    const alarms = { topicArn: 'arn:aws:sns:eu-west-1:111122223333:oncall' };
    new HubStack(app, 'Checked', { configuration: { ...fullConfiguration, alarms } });

    expect(() => app.synth()).not.toThrow();
  });

  it('refuse a queue without dead letters and TLS', () => {
    const app = createApp();
    new Queue(new Stack(app, 'Careless'), 'Queue');

    expect(() => app.synth()).toThrow(/AwsSolutions-SQS3.*AwsSolutions-SQS4/s);
  });

  it('refuse what CloudFormation would refuse', () => {
    const app = createApp();
    new CfnQueue(new Stack(app, 'Wrong'), 'Queue', { delaySeconds: 99_999 });

    expect(() => app.synth()).toThrow(/DelaySeconds: 99999 is greater than the maximum of 900/);
  });
});
