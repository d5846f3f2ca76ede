import type { Context } from 'aws-lambda';
import { listImages, listRepositories } from '../aws/ecr-inventory.ts';
import { requireVariable } from '../aws/environment.ts';
import { frameFunction } from '../aws/function-frame.ts';
import { keepRoots } from '../aws/keep-roots.ts';
import { movableTagsStore } from '../aws/movable-tags-store.ts';
import { sendFinding, sendRecheck } from '../aws/queues.ts';
import { rootStore } from '../aws/root-store.ts';
import { verdictStore } from '../aws/verdict-store.ts';
import type { Wiring } from '../aws/wiring.ts';
import { parseCompiledConfig } from '../core/config/parse-compiled.ts';
import { archivedNeedsLook, attachmentNeedsLook, needsLook } from '../core/images/sweep.ts';
import { isIgnored } from '../core/trust/match-repository.ts';
import { reportMovableTags } from './report-movable-tags.ts';

/** Messages of one run; what is left over is found again in the next hour. */
const MOST_MESSAGES = 5000;
/** Stop taking images when less than this is left of the invocation, milliseconds. */
const RESERVE = 30_000;
/** The messages of a run are spread over this many seconds, so that the reactions do not start all at once. */
const SPREAD = 600;

/** What a run did. */
export interface SweepResult {
  readonly images: number;
  readonly messages: number;
  /** Whether the run ended before the inventory did. */
  readonly cutShort: boolean;
}

/**
 * Compares the registry with the verdicts and asks for a look at every image that has none under the policy in force, whose wait is overdue, or whose finding is
 * still owed. This is what makes lost events harmless. One DescribeImages call for 100 images and one BatchGetItem for 100 verdicts.
 */
export function createHandler(
  wiring: Wiring<'ecr' | 'sqs' | 'dynamodb'>,
): (event: unknown, context: Context) => Promise<SweepResult> {
  const { clients, environment } = wiring;
  const queueUrl = requireVariable(environment, 'IMAGE_QUEUE_URL');
  const findingsQueueUrl = requireVariable(environment, 'FINDINGS_QUEUE_URL');
  const verdictTable = requireVariable(environment, 'VERDICT_TABLE');
  const verdicts = verdictStore(clients.dynamodb, verdictTable);
  const config = parseCompiledConfig(wiring.readCompiledConfig());
  const { policy } = config.trust;
  const rootsInUse = keepRoots(config, rootStore(clients.dynamodb, verdictTable), wiring.clock);
  const isCovered = (repository: string) => !isIgnored(policy, repository);

  return frameFunction(environment, async (_event: unknown, telemetry, context) => {
    const [, , , region = '', account = ''] = context.invokedFunctionArn.split(':');
    // Verdicts under other roots than those in use are made again.
    const { config: inUse, problems } = await rootsInUse();
    if (problems.length > 0) telemetry.count('TrustRootProblem', problems.length);
    let seen = 0;
    let messages = 0;
    let cutShort = false;
    const repositories = (await listRepositories(clients.ecr)).filter(({ name }) => isCovered(name));
    await reportMovableTags({
      where: { account, region },
      repositories,
      store: movableTagsStore(clients.dynamodb, verdictTable, { account, region }),
      send: (finding) => sendFinding(clients.sqs, findingsQueueUrl, finding),
      now: wiring.clock(),
    });
    sweep: for (const { name: repository } of repositories) {
      for await (const page of listImages(clients.ecr, { account, region, repository })) {
        if (context.getRemainingTimeInMillis() < RESERVE || messages >= MOST_MESSAGES) {
          cutShort = true;
          break sweep;
        }
        seen += page.images.length;
        const listed = [...page.images, ...page.attachments, ...page.archived];
        const known = new Map((await verdicts.readMany(listed)).map((record) => [record.digest, record]));
        const now = wiring.clock();
        const at = { now, policyHash: inUse.hash };
        const attachments = page.attachments.filter((one) =>
          attachmentNeedsLook(known.get(one.digest), one.pushedAt, at),
        );
        const archived = page.archived.filter((one) => archivedNeedsLook(known.get(one.digest), at));
        const images = page.images.filter((one) => needsLook(known.get(one.digest), at));
        for (const image of [...images, ...attachments, ...archived]) {
          await sendRecheck(clients.sqs, queueUrl, image, wiring.random() * Math.min(SPREAD, messages), now);
          messages += 1;
        }
      }
    }
    telemetry.count('SweepCompleted', cutShort ? 0 : 1);
    telemetry.count('SweepBacklog', messages);
    telemetry.info('sweep ended', { images: seen, messages, cutShort: String(cutShort) });
    return { images: seen, messages, cutShort };
  });
}
