import type { CompiledAwsConfig } from '../../lambdas/core/config/aws-config.ts';
import type { CompiledConfig } from '../../lambdas/core/config/compiled.ts';
import type { CompiledContainment, CompiledGuardDuty } from '../../lambdas/core/config/guardduty.ts';
import type { CompiledIam } from '../../lambdas/core/config/iam.ts';
import type { CompiledQuarantine } from '../../lambdas/core/config/quarantine.ts';
import { digestOf } from '../../lambdas/core/digest.ts';
import { type TrustPolicy, trustPolicySchema } from '../../lambdas/core/trust/policy.ts';
import { githubWorkflow, type Identity } from '../sigstore/fulcio.ts';
import type { PrivateSigstore } from '../sigstore/private-sigstore.ts';
import { canonicalJson } from '../sigstore/rekor.ts';
import type { SigningKey } from '../sigstore/signers.ts';
import type { TufRepository } from '../sigstore/tuf-repository.ts';

/** The workflow whose signatures the embedded account trusts. */
export const RELEASE_WORKFLOW: Identity = githubWorkflow('acme/release');

/** Where the embedded account has the TUF repository of the private Sigstore. */
export const MIRROR = 'https://tuf.countersign.local';

/**
 * The trust policy of the embedded account: images of `acme` need the release workflow or the release key, other repositories are ignored. The root is compiled in, and
 * refreshed where that is asked for.
 */
export function describeTrustPolicy(isRefreshed = false): TrustPolicy {
  const tuf = { mirror: MIRROR, initialRoot: 'root.json', maxStale: '1d' };
  return trustPolicySchema.parse({
    version: 1,
    roots: { 'private-sigstore': { file: 'trusted_root.json', ...(isRefreshed && { tuf }) } },
    signers: {
      'release-workflow': {
        keyless: {
          root: 'private-sigstore',
          issuer: RELEASE_WORKFLOW.issuer,
          identity: RELEASE_WORKFLOW.subject.value,
          claims: { sourceRepositoryOwnerId: '100', runnerEnvironment: 'github-hosted' },
        },
      },
      'release-key': { key: { file: 'release.pub' }, transparencyLog: 'not-required' },
    },
    images: [
      {
        name: 'acme-images',
        repositories: ['acme/*'],
        require: { any: [{ signedBy: 'release-workflow' }, { signedBy: 'release-key' }] },
      },
      { name: 'vault-images', repositories: ['vault/*'], require: { signedBy: 'release-workflow' } },
    ],
    baselines: [
      {
        name: 'acme-iam',
        resources: ['arn:aws:iam::*:**'],
        require: { signedBy: 'release-key' },
        approvals: { require: { signedBy: 'release-key' }, longest: '7d' },
      },
    ],
    otherRepositories: 'ignore',
  });
}

/** What may be added to the configuration of the embedded account. */
export interface ScenarioParts {
  /** Has the root refreshed from it. */
  readonly repository?: TufRepository | undefined;
  /** Images of `vault` that fail go into quarantine, those of `acme` would. */
  readonly quarantine?: boolean | undefined;
  /** Has IAM watched against the baselines in BASELINES, and in this mode put right. */
  readonly iam?: CompiledIam['mode'] | undefined;
  /** Has findings of GuardDuty judged, and in a mode whom they are about contained. */
  readonly guardDuty?: true | CompiledContainment['credentials']['mode'] | undefined;
  /** Has results of AWS Config told. */
  readonly config?: CompiledAwsConfig | undefined;
}

/** The bucket of baselines of the embedded account. */
export const BASELINES = 'acme-baselines';

const QUARANTINE: CompiledQuarantine = {
  policies: {
    'vault-images': { mode: 'enforce', upTo: 'archive' },
    'acme-images': { mode: 'observe', upTo: 'archive' },
  },
  protectedRepositories: [],
  limits: { perPolicyAndHour: 20, perRepositoryAndHour: 20 },
};

function describeGuardDuty(wanted: NonNullable<ScenarioParts['guardDuty']>): CompiledGuardDuty {
  const credentials = { mode: wanted === true ? 'observe' : wanted, expires: 3600, sessions: 'one' } as const;
  const containment = {
    credentials,
    protected: ['arn:aws:iam::*:user/break-glass*'],
    limits: { perHour: 20 },
  };
  return { mode: 'observe', leastConfidence: 50, ...(wanted !== true && { containment }) };
}

/** The configuration as compiled, trusting one private Sigstore and one key. */
export function compileScenarioConfig(
  sigstore: PrivateSigstore,
  key: SigningKey,
  graceSeconds: number,
  { repository, quarantine, iam, guardDuty, config }: ScenarioParts = {},
): CompiledConfig {
  const rest = {
    version: 1,
    images: { mode: 'observe', graceSeconds, ...(quarantine === true && { quarantine: QUARANTINE }) },
    ...(iam !== undefined && {
      iam: {
        mode: iam,
        bucket: BASELINES,
        protected: ['arn:aws:iam::*:role/break-glass*'],
        limits: { perHour: 50, mostHolders: 5 },
        checks: {
          ...{ trust: true, escalation: true, credentials: true, ownAccounts: [] },
          ...{ oldestKey: 90 * 86_400, longestUnused: 45 * 86_400 },
        },
        heartbeat: { enabled: true, every: 86_400, within: 1800 },
        deploymentWait: 300,
      },
    }),
    ...(guardDuty !== undefined && { guardDuty: describeGuardDuty(guardDuty) }),
    ...(config !== undefined && { config }),
    trust: {
      policy: describeTrustPolicy(repository !== undefined),
      roots: { 'private-sigstore': sigstore.trustedRoot() },
      ...(repository !== undefined && { initialRoots: { 'private-sigstore': repository.root().toString() } }),
      keys: { 'release-key': key.publicKeyPem },
      stores: {},
    },
  } as const;
  return { ...rest, hash: digestOf(canonicalJson(rest)) };
}
