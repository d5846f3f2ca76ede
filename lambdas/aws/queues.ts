import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { CountersignError, type Reason } from '../core/errors.ts';
import { type FoundResult, writeConfigRecheck } from '../core/events/config-recheck.ts';
import { writeIamRecheck } from '../core/events/iam-recheck.ts';
import { writeRecheck } from '../core/events/recheck.ts';
import type { Annotation } from '../core/findings/annotation.ts';
import type { AsffFinding } from '../core/findings/asff.ts';
import type { ResultNote } from '../core/findings/result-note.ts';
import type { ImageName } from '../core/image-name.ts';
import type { PlanId } from '../core/ledger/plan.ts';

/** Asks for an image to be looked at again after `delay` seconds (0 to 900: SQS API Reference, SendMessage). `signatureTag` as in `writeRecheck`. */
export async function sendRecheck(
  sqs: SQSClient,
  queueUrl: string,
  { signatureTag, ...image }: ImageName & { readonly signatureTag?: string | undefined },
  delay: number,
  now: number,
): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: writeRecheck(image, now, signatureTag),
      DelaySeconds: Math.max(0, Math.min(900, Math.ceil(delay))),
    }),
  );
}

/** An image that is to be looked at again, and in how many seconds. */
export interface DelayedRecheck {
  readonly image: ImageName & { readonly signatureTag?: string | undefined };
  readonly delay: number;
}

/** Messages of one call (SQS API Reference, SendMessageBatch). */
const BATCH = 10;
const MOST_TRIES = 3;

/** As `sendRecheck` for up to ten images in one call. What the queue does not take is sent again; throws `unsent` where it does not take it three times. */
export async function sendRechecks(
  sqs: SQSClient,
  queueUrl: string,
  rechecks: readonly DelayedRecheck[],
  now: number,
): Promise<void> {
  let entries = rechecks.slice(0, BATCH).map(({ image: { signatureTag, ...image }, delay }, index) => ({
    Id: String(index),
    MessageBody: writeRecheck(image, now, signatureTag),
    DelaySeconds: Math.max(0, Math.min(900, Math.ceil(delay))),
  }));
  for (let round = 0; entries.length > 0; round += 1) {
    if (round === MOST_TRIES) throw new CountersignError('unsent', `the queue refused ${entries.length} messages`);
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
    const failed = new Set(Failed.map(({ Id }) => Id));
    entries = entries.filter(({ Id }) => failed.has(Id));
  }
}

/** Tells the executor of a plan that it may have to do something about, after `delay` seconds (0 to 900). */
export async function sendPlan(sqs: SQSClient, queueUrl: string, plan: PlanId, delay = 0): Promise<void> {
  const MessageBody = JSON.stringify({ version: 1, plan });
  await sqs.send(
    new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, ...(delay > 0 && { DelaySeconds: delay }) }),
  );
}

/** Asks for a principal or policy to be looked at again after `delay` seconds (0 to 900). */
export async function sendIamRecheck(sqs: SQSClient, queueUrl: string, resource: string, delay: number): Promise<void> {
  await sqs.send(
    new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: writeIamRecheck(resource), DelaySeconds: delay }),
  );
}

/** Hands a result that was found in Config to the reaction, after `delay` seconds (0 to 900). */
export async function sendConfigRecheck(
  sqs: SQSClient,
  queueUrl: string,
  found: FoundResult,
  delay: number,
): Promise<void> {
  const MessageBody = writeConfigRecheck(found);
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, DelaySeconds: delay }));
}

/** Puts a message back into a queue for later: `delay` in seconds (0 to 900). */
export async function sendAgain(sqs: SQSClient, queueUrl: string, body: string, delay: number): Promise<void> {
  const DelaySeconds = Math.max(0, Math.min(900, Math.ceil(delay)));
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, DelaySeconds }));
}

/** Hands a finding to the recorder. */
export async function sendFinding(sqs: SQSClient, queueUrl: string, finding: AsffFinding): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify({ version: 1, finding }) }));
}

/** Hands the recorder what is to stand beside a finding of another product. */
export async function sendAnnotation(sqs: SQSClient, queueUrl: string, annotation: Annotation): Promise<void> {
  const MessageBody = JSON.stringify({ version: 1, annotation });
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
}

/** Hands the recorder what is to stand beside the findings about a result of Config, after `delay` seconds (0 to 900). */
export async function sendResultNote(
  sqs: SQSClient,
  queueUrl: string,
  result: ResultNote,
  delay: number,
): Promise<void> {
  const MessageBody = JSON.stringify({ version: 1, result });
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, DelaySeconds: delay }));
}

/** Puts a message that can never be worked off to the dead letters at once, with the reason beside it: trying again would not change it. */
export async function sendRejected(sqs: SQSClient, queueUrl: string, body: string, reason: Reason): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      // SQS refuses an empty body, which is a message that can be rejected too.
      MessageBody: body === '' ? '(empty)' : body,
      MessageAttributes: {
        code: { DataType: 'String', StringValue: attribute(reason.code) },
        reason: { DataType: 'String', StringValue: attribute(reason.message) },
      },
    }),
  );
}

/** SQS takes the characters of XML 1.0 only. */
function attribute(text: string): string {
  return text.replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/g, '\uFFFD').slice(0, 1024) || '(none)';
}
