import type { CompiledConfig } from '../../lambdas/core/config/compiled.ts';
import { hashConfig } from '../../lambdas/core/config/hash.ts';
import type { DeployedConfiguration } from '../../lib/hub-stack.ts';

const content: Omit<CompiledConfig, 'hash'> = {
  version: 1,
  images: { mode: 'observe', graceSeconds: 600 },
  trust: {
    policy: {
      version: 1,
      roots: {},
      signers: {},
      images: [{ name: 'all', repositories: ['**'], require: { signedBy: 'nobody' }, platformImages: 'covered' }],
      otherRepositories: 'ignore',
    },
    roots: {},
    keys: {},
    stores: {},
  },
};

/** A configuration for template tests: its trust policy is never asked. */
export const testConfiguration: DeployedConfiguration = {
  alarms: { email: 'oncall@example.test' },
  logs: { retentionDays: 90 },
  compiled: { ...content, hash: hashConfig(content) },
};
