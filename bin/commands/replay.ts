import { ECRServiceException } from '@aws-sdk/client-ecr';
import { z } from 'zod';
import type { CompiledConfig } from '../../lambdas/core/config/compiled.ts';
import type { Config } from '../../lambdas/core/config/schema.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import { EmbeddedAccountError } from '../../local/account/errors.ts';
import { divertFunctionOutput } from '../../local/function-output.ts';
import { replayEvent } from '../../local/replay-event.ts';
import { loadConfiguration, readBounded } from '../config/load-configuration.ts';
import { describeReplay } from '../output/describe-replay.ts';
import { exitCodeOf } from '../output/result.ts';
import { toSafeJson } from '../output/visible.ts';
import { SourceError } from '../sources/errors.ts';
import { type LayoutArtifact, readLayoutArtifacts } from '../sources/read-layout-artifacts.ts';
import { type Command, ConfigurationError, UndecidedError, UsageError } from './command.ts';
import { parseOptions, takeOne } from './parse-options.ts';
import { readOutcome } from './read-outcome.ts';

const HELP = `countersign replay EVENT.json [--image oci:DIR] [--config FILE] [--json] [--verbose]

Runs one EventBridge event through Countersign as it would be deployed, in an embedded AWS account on this machine, and shows its way: which rule
takes it, what the functions do, the verdict, the finding. Nothing of AWS is asked, so the embedded registry holds nothing but --image.

  EVENT.json       the event as EventBridge delivers it, as it lies in the dead letters or the archive
  --image oci:DIR  push everything in this OCI layout to the event's repository first
  --config FILE    default: countersign.config.yaml in this folder
  --json           one JSON object: verdict, digest, policy, evidence, reasons, and the steps
  --verbose        show what the functions log, on stderr

Exit codes: 0 verified; 1 unsigned or invalid; 2 wrong usage, event or configuration; 3 no verdict about an image (no rule takes it, it was
refused, the image is not there, no policy covers it); 70 a fault of countersign.
`;

const OPTIONS = {
  image: { type: 'string' },
  config: { type: 'string' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
} as const;

/** `countersign replay`: one event through the deployed way, here. */
export const replay: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals, help } = parseOptions(args, OPTIONS);
    if (help) {
      io.out(HELP);
      return 0;
    }
    const file = takeOne(positionals, 'EVENT.json');
    const event = readEvent(file);
    const loaded = loadConfiguration(values.config ?? 'countersign.config.yaml');
    if (!loaded.ok) throw new ConfigurationError(loaded.problems);
    const artifacts = values.image === undefined ? undefined : await readImage(values.image);
    const repository = event.detail['repository-name'];
    if (artifacts !== undefined && typeof repository !== 'string') {
      throw new UsageError('--image needs an event with a repository-name in its detail');
    }
    divertFunctionOutput(values.verbose === true);
    const replayed = await run(event, loaded, artifacts, typeof repository === 'string' ? repository : '');
    const outcome = readOutcome(event, replayed, loaded.compiled.trust.policy, artifacts ?? []);
    const { result, steps, findings } = outcome;
    io.out(values.json === true ? `${toSafeJson({ ...result, steps, findings })}\n` : describeReplay(outcome));
    return exitCodeOf(result.verdict);
  },
};

const eventSchema = z.looseObject({
  account: z.string().regex(/^\d{12}$/, 'twelve digits'),
  region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'an AWS region'),
  detail: z.record(z.string(), z.unknown()),
});
export type ReplayedEvent = z.infer<typeof eventSchema>;

function readEvent(file: string): ReplayedEvent {
  let text: string;
  try {
    text = readBounded(file);
  } catch (cause) {
    throw new UndecidedError('unreadable-file', messageOf(cause), { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError([{ file, path: '', message: `not JSON: ${messageOf(cause)}` }]);
  }
  const parsed = eventSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(
    parsed.error.issues.map(({ path, message }) => ({
      file,
      path: path.join('.'),
      message: `not an EventBridge event: ${message}`,
    })),
  );
}

async function readImage(ref: string): Promise<readonly LayoutArtifact[]> {
  if (!ref.startsWith('oci:')) throw new UsageError('--image takes an OCI layout folder: oci:DIR');
  try {
    return await readLayoutArtifacts(ref.slice('oci:'.length));
  } catch (error) {
    if (error instanceof SourceError) throw new UndecidedError(error.code, error.message, { cause: error });
    throw error;
  }
}

async function run(
  event: ReplayedEvent,
  { config, compiled }: { readonly config: Config; readonly compiled: CompiledConfig },
  artifacts: readonly LayoutArtifact[] | undefined,
  repository: string,
) {
  const { alarms, logs } = config;
  try {
    return await replayEvent({
      event,
      account: event.account,
      region: event.region,
      configuration: { alarms, logs, compiled },
      ...(artifacts !== undefined && { images: { repository, artifacts } }),
      now: Date.now(),
      random: Math.random,
    });
  } catch (error) {
    if (error instanceof ECRServiceException) {
      throw new UndecidedError('not-pushed', `ECR would not take the layout: ${error.name}: ${error.message}`, {
        cause: error,
      });
    }
    if (error instanceof EmbeddedAccountError && error.code === 'bad-event') {
      throw new UsageError(`EventBridge would not deliver this event: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
