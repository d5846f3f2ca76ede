#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { createCheckedApp } from '../lib/checked-app.ts';
import { HubStack } from '../lib/hub-stack.ts';
import { STACK_NAME } from '../lib/synthesize.ts';
import { loadConfiguration } from './config/load-configuration.ts';
import { formatProblems } from './config/problem.ts';

/** The CDK app: one stack from one configuration, which is named by COUNTERSIGN_CONFIG or is `countersign.config.yaml` of this repository. */
const path = process.env.COUNTERSIGN_CONFIG ?? fileURLToPath(new URL('../countersign.config.yaml', import.meta.url));
const loaded = loadConfiguration(path);
if (loaded.ok) {
  const { alarms, logs } = loaded.config;
  const app = createCheckedApp();
  new HubStack(app, STACK_NAME, {
    configuration: { alarms, logs, compiled: loaded.compiled },
    env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
  });
} else {
  process.stderr.write(formatProblems(loaded.problems));
  process.exitCode = 2;
}
