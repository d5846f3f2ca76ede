import type { Context } from 'aws-lambda';
import { listRepositories } from '../aws/ecr-inventory.ts';
import { requireVariable } from '../aws/environment.ts';
import { frameFunction } from '../aws/function-frame.ts';
import { keepRoots } from '../aws/keep-roots.ts';
import { movableTagsStore } from '../aws/movable-tags-store.ts';
import { sendFinding, sendRechecks } from '../aws/queues.ts';
import { rootStore } from '../aws/root-store.ts';
import { sweepPositionStore } from '../aws/sweep-position-store.ts';
import { verdictStore } from '../aws/verdict-store.ts';
import type { Wiring } from '../aws/wiring.ts';
import { parseCompiledConfig } from '../core/config/parse-compiled.ts';
import { isIgnored } from '../core/trust/match-repository.ts';
import { askForMissing } from './ask-for-missing.ts';
import { RecheckOutbox } from './recheck-outbox.ts';
import { reportMovableTags } from './report-movable-tags.ts';
import { RunBudget, type RunLimits } from './run-budget.ts';
import { Sightings } from './sightings.ts';
import { type SweepProgress, sweepRepositories } from './sweep-repositories.ts';

/** One run. The reactions work off 5,000 images in well under an hour; 20,000 calls compare nearly a million. What is left over the next run begins with. */
export const LIMITS: RunLimits = { calls: 20_000, asks: 5000, inTurn: 4000, reserve: 30_000 };

/** What a run did. */
export interface SweepResult extends SweepProgress {
  /** Images that were asked for. */
  readonly asks: number;
  /** Calls to AWS, retries of the SDK not counted. */
  readonly calls: number;
}

/**
 * Compares the registry with the verdicts and asks for a look at every image that needs one. This is what makes lost events harmless, has verdicts made again when the
 * policy or a root changes, and finds those that end. What has ended goes first, found by its time and not by its place in the registry.
 */
export function createHandler(
  wiring: Wiring<'ecr' | 'sqs' | 'dynamodb'>,
  limits: RunLimits = LIMITS,
): (event: unknown, context: Context) => Promise<SweepResult> {
  const { clients, environment, clock, random } = wiring;
  const queueUrl = requireVariable(environment, 'IMAGE_QUEUE_URL');
  const findingsQueueUrl = requireVariable(environment, 'FINDINGS_QUEUE_URL');
  const verdictTable = requireVariable(environment, 'VERDICT_TABLE');
  const verdicts = verdictStore(clients.dynamodb, verdictTable);
  const config = parseCompiledConfig(wiring.readCompiledConfig());
  const { policy } = config.trust;
  const rootsInUse = keepRoots(config, rootStore(clients.dynamodb, verdictTable), clock);

  return frameFunction(environment, async (_event: unknown, telemetry, context) => {
    const [, , , region = '', account = ''] = context.invokedFunctionArn.split(':');
    const where = { account, region };
    // Verdicts under other roots than those in use are made again.
    const { config: inUse, problems } = await rootsInUse();
    if (problems.length > 0) telemetry.count('TrustRootProblem', problems.length);
    const repositories = (await listRepositories(clients.ecr)).filter(({ name }) => !isIgnored(policy, name));
    await reportMovableTags({
      where,
      repositories,
      store: movableTagsStore(clients.dynamodb, verdictTable, where),
      send: (finding) => sendFinding(clients.sqs, findingsQueueUrl, finding),
      now: clock(),
    });
    const budget = new RunBudget(limits, () => context.getRemainingTimeInMillis());
    const send = (rechecks: Parameters<typeof sendRechecks>[2]) =>
      sendRechecks(clients.sqs, queueUrl, rechecks, clock());
    const outbox = new RecheckOutbox({ send, budget, random });
    budget.noteCall();
    // Room is left for what nobody has looked at yet.
    for (const image of await verdicts.listDue(clock(), limits.inTurn)) await outbox.ask(image, 'due');
    const position = sweepPositionStore(clients.dynamodb, verdictTable, where);
    budget.noteCall();
    const names = repositories.map(({ name }) => name);
    const sightings = new Sightings(names);
    const parts = { ecr: clients.ecr, verdicts, budget, outbox, sightings, where, telemetry };
    const progress = await sweepRepositories(names, await position.read(), {
      ...parts,
      notePosition: position.write,
      at: () => ({ now: clock(), policyHash: inUse.hash }),
    });
    const { images, unreadable, cutShort, isRoundOver } = progress;
    const backlog = progress.backlog + (await askForMissing(parts));
    const { asks, calls } = budget;
    telemetry.count('SweepCompleted', isRoundOver ? 1 : 0);
    telemetry.count('SweepImages', images);
    telemetry.count('SweepAsks', asks);
    telemetry.count('SweepBacklog', backlog);
    telemetry.count('SweepRepositoryUnreadable', unreadable);
    telemetry.info('sweep ended', { images, asks, backlog, calls, unreadable, cutShort: String(cutShort) });
    return { ...progress, backlog, asks, calls };
  });
}
