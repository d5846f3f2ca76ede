#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { createCheckedApp } from '../lib/checked-app.ts';
import { GLOBAL_IAM_STACK_NAME, GlobalIamStack, globalRegionOf } from '../lib/global-iam-stack.ts';
import { HubStack } from '../lib/hub-stack.ts';
import { STACK_NAME } from '../lib/synthesize.ts';
import { loadConfiguration } from './config/load-configuration.ts';
import { formatProblems } from './config/problem.ts';

/** The CDK app: the stacks of one configuration, which is named by COUNTERSIGN_CONFIG or is `countersign.config.yaml` of this repository. */
const path = process.env.COUNTERSIGN_CONFIG ?? fileURLToPath(new URL('../countersign.config.yaml', import.meta.url));
const loaded = loadConfiguration(path);
if (loaded.ok) {
  const { alarms, iam, logs, securityHub } = loaded.config;
  const app = createCheckedApp();
  const [account, region] = [process.env.CDK_DEFAULT_ACCOUNT, process.env.CDK_DEFAULT_REGION];
  new HubStack(app, STACK_NAME, {
    configuration: { alarms, logs, securityHub, compiled: loaded.compiled },
    env: { account, region },
  });
  const globalRegion = globalRegionOf(region);
  // A hub in the region of the events of IAM has them on its own bus.
  if (iam !== undefined && region !== globalRegion) {
    new GlobalIamStack(app, GLOBAL_IAM_STACK_NAME, {
      hubRegion: region,
      alarms: iam.globalAlarms ?? alarms,
      env: { account, region: globalRegion },
    });
  }
} else {
  process.stderr.write(formatProblems(loaded.problems));
  process.exitCode = 2;
}
