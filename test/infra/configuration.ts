import type { CompiledConfig } from '../../lambdas/core/config/compiled.ts';
import { hashConfig } from '../../lambdas/core/config/hash.ts';
import { PLAYBOOK_NAMES } from '../../lambdas/core/playbook-names.ts';
import type { DeployedConfiguration } from '../../lib/hub-stack.ts';
import { prepareRepository } from '../support/tuf.ts';

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

/** The same with a root that is refreshed through TUF. */
const refreshed = prepareRefreshedRoot();
const withTuf: Omit<CompiledConfig, 'hash'> = {
  ...content,
  images: {
    ...content.images,
    quarantine: {
      policies: { all: { mode: 'enforce', upTo: 'delete' } },
      protectedRepositories: [],
      limits: { perPolicyAndHour: 10, perRepositoryAndHour: 5 },
    },
  },
  iam: {
    mode: 'enforce',
    bucket: 'acme-baselines',
    protected: ['arn:aws:iam::*:role/break-glass-*'],
    limits: { perHour: 20, mostHolders: 5 },
    checks: {
      ...{ trust: true, escalation: true, credentials: true, ownAccounts: [] },
      ...{ oldestKey: 90 * 86_400, longestUnused: 45 * 86_400 },
    },
    heartbeat: { enabled: true, every: 86_400, within: 1800 },
    deploymentWait: 300,
  },
  guardDuty: {
    mode: 'observe',
    leastConfidence: 50,
    containment: {
      credentials: { mode: 'enforce', expires: 3600, sessions: 'one' },
      protected: ['arn:aws:iam::*:user/break-glass-*'],
      limits: { perHour: 20 },
    },
  },
  config: {
    ...{ mode: 'observe', evaluations: true },
    playbooks: Object.fromEntries(PLAYBOOK_NAMES.map((name) => [name, { mode: 'enforce' as const }])),
    limits: { perHour: 100 },
  },
  trust: {
    ...content.trust,
    policy: { ...content.trust.policy, roots: { sigstore: refreshed.policy } },
    roots: { sigstore: refreshed.trustedRoot },
    initialRoots: { sigstore: refreshed.initialRoot },
  },
};

/** A configuration for template tests: its trust policy is never asked. */
export const testConfiguration: DeployedConfiguration = {
  alarms: { email: 'oncall@example.test' },
  logs: { retentionDays: 90 },
  compiled: { ...content, hash: hashConfig(content) },
};

/** With all that a configuration can bring: the refresh of trusted roots, and a quarantine with every rung. */
export const fullConfiguration: DeployedConfiguration = {
  ...testConfiguration,
  compiled: { ...withTuf, hash: hashConfig(withTuf) },
};

function prepareRefreshedRoot() {
  const { repository } = prepareRepository();
  return {
    policy: {
      file: 'trusted_root.json',
      tuf: { mirror: 'https://tuf.example', initialRoot: 'root.json', target: 'trusted_root.json', maxStale: '1d' },
    },
    trustedRoot: repository.trustedRoot,
    initialRoot: repository.root().toString(),
  };
}
