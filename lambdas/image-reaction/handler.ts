import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { containmentStore } from '../aws/containment-store.ts';
import { ecrSource } from '../aws/ecr-source.ts';
import { requireVariable } from '../aws/environment.ts';
import { frameRecords, type Telemetry } from '../aws/function-frame.ts';
import { keepTrust } from '../aws/keep-trust.ts';
import { keepNotationPorts } from '../aws/notation-ports.ts';
import { sendRejected } from '../aws/queues.ts';
import { rootStore } from '../aws/root-store.ts';
import { tagStore } from '../aws/tag-store.ts';
import { verdictStore } from '../aws/verdict-store.ts';
import type { Wiring } from '../aws/wiring.ts';
import { readDeployedTrust } from '../core/config/deployed-trust.ts';
import { parseEvent } from '../core/events/parse-event.ts';
import { isIgnored } from '../core/trust/match-repository.ts';
import { findConcernedImages, ignoreImage } from './find-images.ts';
import { readQuarantineParts } from './follow-quarantine.ts';
import { lookAtImage, type Parts } from './look-at-image.ts';
import { reportRoots } from './report-roots.ts';
import { reportTrust } from './report-trust.ts';

/**
 * Works off the image queue: each message becomes a typed event or goes to the dead letters with its reason (parse), the images behind it are looked at and their
 * verdicts decided (decide), stored, and handed on as findings (record). Nothing in the registry is changed.
 */
export function createHandler(
  wiring: Wiring<'ecr' | 'sqs' | 'dynamodb'>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const { environment, clients } = wiring;
  const rejectedQueueUrl = requireVariable(environment, 'REJECTED_QUEUE_URL');
  const findingsQueueUrl = requireVariable(environment, 'FINDINGS_QUEUE_URL');
  const deployed = readDeployedTrust(wiring.readCompiledConfig);
  const verdictTable = requireVariable(environment, 'VERDICT_TABLE');
  const currentTrust = keepTrust(deployed, rootStore(clients.dynamodb, verdictTable), wiring.clock);
  const tellRoots = reportRoots(wiring, findingsQueueUrl);
  const parts: Omit<Parts, 'trust'> = {
    wiring,
    trustReport: reportTrust({ wiring, trust: deployed, findingsQueueUrl }),
    verdicts: verdictStore(clients.dynamodb, verdictTable),
    notationPorts: keepNotationPorts(wiring),
    tags: tagStore(clients.dynamodb, verdictTable),
    containment: containmentStore(clients.dynamodb, verdictTable, wiring.clock),
    quarantine: readQuarantineParts(wiring, deployed),
    imageQueueUrl: requireVariable(environment, 'IMAGE_QUEUE_URL'),
    findingsQueueUrl,
  };

  return frameRecords(environment, async (record: SQSRecord, telemetry: Telemetry) => {
    const parsed = parseEvent(record.body);
    if (parsed.outcome === 'no-change') return;
    if (parsed.outcome === 'rejected') {
      await sendRejected(clients.sqs, rejectedQueueUrl, record.body, parsed.reason);
      telemetry.count('EventRejected');
      telemetry.info('event rejected', { messageId: record.messageId, code: parsed.reason.code });
      return;
    }
    const { event } = parsed;
    const { trust, roots } = await currentTrust();
    await tellRoots(roots, event, telemetry);
    const source = ecrSource({
      ecr: clients.ecr,
      fetch: wiring.fetch,
      registryId: event.account,
      region: event.region,
      repository: event.repository,
    });
    const ignored = trust.usable && isIgnored(trust.material.policy, event.repository);
    const images = ignored ? ignoreImage(event) : await findConcernedImages(event, source);
    for (const image of images) await lookAtImage(image, event.at, source, { ...parts, trust }, telemetry);
  });
}
