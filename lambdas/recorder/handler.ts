import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { requireVariable } from '../aws/environment.ts';
import { frameFunction, type Telemetry } from '../aws/function-frame.ts';
import { sendRejected } from '../aws/queues.ts';
import { importFindings } from '../aws/security-hub.ts';
import type { Wiring } from '../aws/wiring.ts';
import { nameRequirements } from '../core/controls/name-requirements.ts';
import { CountersignError } from '../core/errors.ts';
import { parseAnnotation } from '../core/findings/annotation.ts';
import { type Delivery, planImports } from '../core/findings/plan-imports.ts';
import { parseResultNote } from '../core/findings/result-note.ts';
import { annotate } from './annotate.ts';
import { recordResult } from './record-result.ts';

/** What one annotation may need in the worst case, milliseconds: with less time left it is not begun. */
const LONGEST_ANNOTATION = 15_000;

/**
 * Works off the findings queue: the one function that writes findings. Messages become batches as Security Hub takes them (parse, decide), are imported (act);
 * findings that it refuses for good go to the dead letters with the reason, those that failed for the moment return to the queue by their id (record).
 */
export function createHandler(
  wiring: Wiring<'securityHub' | 'sqs'>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const { clients, environment } = wiring;
  const rejectedQueueUrl = requireVariable(environment, 'REJECTED_QUEUE_URL');

  return frameFunction(environment, async (event: SQSEvent, telemetry, context) => {
    const own = ownPlace(context);
    const failed: string[] = [];
    const findings: SQSRecord[] = [];
    const annotations: { readonly work: () => Promise<void>; readonly messageId: string }[] = [];
    for (const record of event.Records) {
      const work = readAnnotating(record.body, own, telemetry);
      if (work === undefined) findings.push(record);
      else annotations.push({ work, messageId: record.messageId });
    }
    const plan = planImports(findings, own);
    for (const { record, reason } of plan.refused) {
      await sendRejected(clients.sqs, rejectedQueueUrl, record.body, reason);
      telemetry.count('FindingRejected');
      telemetry.info('finding rejected', { messageId: record.messageId, code: reason.code });
    }
    for (const batch of plan.batches) failed.push(...(await importBatch(batch, telemetry)));
    // After the findings, which come in batches: each of these reads for itself, and Security Hub answers 3 reads a second.
    for (const { work, messageId } of annotations) {
      const isInTime = context.getRemainingTimeInMillis() > LONGEST_ANNOTATION;
      if (!isInTime || !(await doneOrFailed(work, messageId, telemetry))) failed.push(messageId);
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });

  /** What a message asks to write beside findings of others, or undefined where it is none of that. */
  function readAnnotating(
    body: string,
    own: { account: string; region: string },
    telemetry: Telemetry,
  ): (() => Promise<void>) | undefined {
    const annotation = parseAnnotation(body);
    if (annotation !== undefined) return () => annotate(annotation, { wiring, own }, telemetry);
    const result = parseResultNote(body);
    return result && (() => recordResult(result, { wiring, own }, telemetry));
  }

  async function doneOrFailed(work: () => Promise<void>, messageId: string, telemetry: Telemetry): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      // Not there yet, throttled or down: the queue brings it back, and counts.
      telemetry.error('annotation failed', { messageId }, thrown);
      return false;
    }
  }

  /** Imports one batch and returns the ids of the messages to try again. */
  async function importBatch(batch: readonly Delivery[], telemetry: Telemetry): Promise<readonly string[]> {
    const failures = await importOrFail(batch, telemetry);
    if (failures === 'all') return batch.map(({ messageId }) => messageId);
    const again: string[] = [];
    for (const failure of failures) {
      const delivery = batch.find(({ finding }) => finding.Id === failure.id);
      telemetry.info('finding not imported', { finding: failure.id, code: failure.code });
      if (delivery === undefined) continue;
      if (failure.permanent) {
        await sendRejected(clients.sqs, rejectedQueueUrl, delivery.body, failure);
        telemetry.count('FindingRejected');
      } else {
        again.push(delivery.messageId);
      }
    }
    telemetry.count('FindingImported', batch.length - failures.length);
    return again;
  }

  async function importOrFail(batch: readonly Delivery[], telemetry: Telemetry) {
    try {
      return await importFindings(
        clients.securityHub,
        batch.map(({ finding }) => nameRequirements(finding)),
      );
    } catch (thrown) {
      // Throttled or down: the queue brings every message of the batch back, and counts.
      telemetry.error('import failed', { findings: batch.length }, thrown);
      return 'all' as const;
    }
  }
}

/** The account and region this function runs in: Security Hub takes findings of a custom provider only from the account they belong to. */
function ownPlace({ invokedFunctionArn }: Context): { account: string; region: string } {
  const [, , , region = '', account = ''] = invokedFunctionArn.split(':');
  if (!/^\d{12}$/.test(account)) throw new CountersignError('bad-context', 'the function ARN names no account');
  return { account, region };
}
