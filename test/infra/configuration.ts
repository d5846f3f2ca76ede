import type { DeployedConfiguration } from '../../lib/hub-stack.ts';

/** A configuration for template tests: its trust policy is never asked. */
export const testConfiguration: DeployedConfiguration = {
  alarms: { email: 'oncall@example.test' },
  logs: { retentionDays: 90 },
  compiled: {
    version: 1,
    hash: `sha256:${'0'.repeat(64)}`,
    images: { mode: 'observe', graceSeconds: 600 },
    trust: {
      policy: {
        version: 1,
        roots: {},
        signers: {},
        images: [{ name: 'all', repositories: ['**'], require: { signedBy: 'nobody' } }],
        otherRepositories: 'ignore',
      },
      roots: {},
      keys: {},
    },
  },
};
