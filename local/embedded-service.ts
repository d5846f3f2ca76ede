import type { CompiledAwsConfig } from '../lambdas/core/config/aws-config.ts';
import type { CompiledConfig } from '../lambdas/core/config/compiled.ts';
import { synthesizeTemplate } from '../lib/synthesize.ts';
import { isVirtual } from './account/clock.ts';
import { createEmbeddedAccount } from './account/index.ts';
import { type RunTemplateOptions, runTemplate } from './account/run-template.ts';
import type { Clock, EmbeddedAccount } from './account/types.ts';
import { Observations } from './observations.ts';
import { pressAction } from './operator-action.ts';
import { withPatience } from './scenarios/patient-client.ts';
import { type Scenario, type Subject, traceOf, type World } from './scenarios/scenario.ts';
import { compileScenarioConfig, MIRROR, RELEASE_WORKFLOW, type ScenarioParts } from './scenarios/trust.ts';
import { createPrivateSigstore } from './sigstore/private-sigstore.ts';
import { createSigningKey, type SigningKey } from './sigstore/signers.ts';
import { serveRepository, TufRepository } from './sigstore/tuf-repository.ts';

export interface EmbeddedServiceOptions {
  readonly clock: Clock;
  readonly graceSeconds: number;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Hears of a scenario whose later part failed. */
  readonly onFailure: (scenario: string, error: unknown) => void;
  /** What the account has to say about invocations. */
  readonly onLog?: (line: string) => void;
  /** The synthesized template, where it was made before: `describeTemplate`. */
  readonly template?: unknown;
  /** Has the root of the private Sigstore refreshed through a TUF repository of its own. Default: it changes by deployment only. */
  readonly refreshRoots?: boolean;
  /** Puts images of `vault` that fail into quarantine, and tells of those of `acme` what it would do. Default: nothing that could is deployed. */
  readonly quarantine?: boolean;
  /** Has IAM watched against signed baselines, in this mode. Default: IAM is left alone. */
  readonly iam?: 'observe' | 'approve' | 'enforce';
  /** Has findings of GuardDuty judged. Default: they are left alone. */
  readonly guardDuty?: ScenarioParts['guardDuty'];
  /** Has results of AWS Config told. Default: they are left alone. */
  readonly config?: CompiledAwsConfig;
  /** See RunTemplateOptions. */
  readonly loadHandler?: RunTemplateOptions['loadHandler'];
}

/** Countersign as synthesized, running in an embedded account that trusts a private Sigstore, with scenarios to run. */
export interface EmbeddedService {
  readonly account: EmbeddedAccount;
  readonly config: CompiledConfig;
  /** The repository that MIRROR serves, where roots are refreshed. */
  readonly repository: TufRepository | undefined;
  readonly observations: Observations;
  /** The key whose signature the trust policy accepts on images and baselines. */
  readonly releaseKey: SigningKey;
  /** Does what the scenario does to begin with. Its later parts follow by the account's clock. */
  run<About extends Subject>(scenario: Scenario<About>): Promise<About>;
  /** Resolves when all parts of all scenarios are done and nothing is under way for twice the grace time. A virtual clock is advanced. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';

/** The stack as it is synthesized for the embedded account. It is the same for every configuration that has the same kind of roots and of quarantine: the rest goes into the functions. */
export function describeTemplate(compiled: CompiledConfig): unknown {
  return synthesizeTemplate({
    configuration: { alarms: { email: 'oncall@example.test' }, logs: { retentionDays: 30 }, compiled },
    account: ACCOUNT,
    region: REGION,
  });
}

export async function startEmbeddedService(options: EmbeddedServiceOptions): Promise<EmbeddedService> {
  const { clock, graceSeconds, random } = options;
  const account = createEmbeddedAccount({ id: ACCOUNT, region: REGION, clock, random });
  const observations = new Observations(account);
  const sigstore = createPrivateSigstore({ now: () => clock.now() });
  const releaseKey = createSigningKey();
  const repository = options.refreshRoots
    ? new TufRepository({ now: () => clock.now(), trustedRoot: sigstore.trustedRoot() })
    : undefined;
  const config = compileScenarioConfig(sigstore, releaseKey, graceSeconds, {
    repository,
    quarantine: options.quarantine,
    guardDuty: options.guardDuty,
    config: options.config,
    iam: options.iam,
  });
  const template = options.template ?? describeTemplate(config);
  const compiled = JSON.stringify(config);
  const service = await runTemplate(account, template, {
    readCompiledConfig: () => compiled,
    ...(repository === undefined ? {} : { fetch: serveRepository(repository, MIRROR, account.fetch) }),
    ...(options.onLog === undefined ? {} : { onLog: options.onLog }),
    ...(options.loadHandler === undefined ? {} : { loadHandler: options.loadHandler }),
  });

  const patient = withPatience(account);
  const waiting = new Set<Promise<void>>();
  const plans = new Set<() => void>();
  let number = 0;

  function describeWorld({ name }: Scenario<Subject>): World {
    return {
      account: patient,
      sigstore,
      releaseWorkflow: RELEASE_WORKFLOW,
      releaseKey,
      graceSeconds,
      nextNumber: () => {
        number += 1;
        return number;
      },
      operate: (action, subject) => {
        const finding = observations.findingOf(traceOf(subject));
        const isOffered = String(finding?.Description).includes(`Countersign ${action.toLowerCase()}`);
        if (finding !== undefined && isOffered) pressAction(account, action, finding);
        return isOffered;
      },
      later: (milliseconds, act) => {
        const done = new Promise<void>((resolve) => {
          const cancel = clock.schedule(milliseconds, () => {
            plans.delete(cancel);
            const work = act().then(
              () => resolve(),
              (error: unknown) => {
                options.onFailure(name, error);
                resolve();
              },
            );
            if (isVirtual(clock)) clock.hold(work);
          });
          plans.add(cancel);
        }).finally(() => waiting.delete(done));
        waiting.add(done);
      },
    };
  }

  return {
    account,
    config,
    repository,
    observations,
    releaseKey,
    run: (scenario) => scenario.run(describeWorld(scenario)),
    settle: async () => {
      if (isVirtual(clock)) {
        while (waiting.size > 0) await clock.advance(1000);
      } else {
        await Promise.all(waiting);
      }
      await service.idle(2000 * graceSeconds);
    },
    stop: async () => {
      for (const cancel of plans) cancel();
      observations.stop();
      await service.stop();
    },
  };
}
