import { CreateRepositoryCommand } from '@aws-sdk/client-ecr';
import type { CompiledConfig } from '../lambdas/core/config/compiled.ts';
import type { Config } from '../lambdas/core/config/schema.ts';
import { synthesizeTemplate } from '../lib/synthesize.ts';
import { virtualClock } from './account/clock.ts';
import { createEmbeddedAccount } from './account/index.ts';
import { type PushedImage, pushImage } from './account/push-image.ts';
import { runTemplate } from './account/run-template.ts';
import type { TimelineEntry } from './account/types.ts';
import { Observations, type ObservedFinding, type ObservedVerdict } from './observations.ts';

export interface ReplayOptions {
  /** As EventBridge would deliver it. */
  readonly event: unknown;
  /** Twelve digits, and a region: those of the event. */
  readonly account: string;
  readonly region: string;
  readonly configuration: Pick<Config, 'alarms' | 'logs'> & { readonly compiled: CompiledConfig };
  /** What the registry holds before the event comes, in the order in which it can be pushed. */
  readonly images?: { readonly repository: string; readonly artifacts: readonly Omit<PushedImage, 'repository'>[] };
  /** Unix milliseconds at which the event comes. */
  readonly now: number;
  /** A number in [0, 1). */
  readonly random: () => number;
}

export interface Replayed {
  /** Everything that happened from the event on, in order. */
  readonly steps: readonly TimelineEntry[];
  readonly verdicts: readonly ObservedVerdict[];
  readonly findings: readonly ObservedFinding[];
}

/**
 * Runs one event through Countersign as synthesized from a configuration, in an embedded account of its own and in virtual time, until nothing is under way
 * for twice the grace time. Throws EmbeddedAccountError `bad-event` for what EventBridge would not deliver, and what ECR throws for images it does not take.
 */
export async function replayEvent(options: ReplayOptions): Promise<Replayed> {
  const { configuration, account: id, region, images, random } = options;
  const account = createEmbeddedAccount({ id, region, clock: virtualClock(options.now), random });
  if (images !== undefined) {
    await account.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: images.repository }));
    for (const artifact of images.artifacts) await pushImage(account, { repository: images.repository, ...artifact });
  }
  // The events of these pushes went nowhere: there are no rules yet. One event is replayed.
  const compiled = JSON.stringify(configuration.compiled);
  const template = synthesizeTemplate({ configuration, account: id, region });
  const service = await runTemplate(account, template, { readCompiledConfig: () => compiled });
  const before = account.timeline().at(-1)?.sequence ?? 0;
  const observations = new Observations(account);
  try {
    account.emit(options.event);
    await service.idle(2000 * configuration.compiled.images.graceSeconds);
    return {
      steps: account.timeline(before),
      verdicts: observations.allVerdicts(),
      findings: observations.allFindings(),
    };
  } finally {
    observations.stop();
    await service.stop();
  }
}
