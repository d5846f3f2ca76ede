import type { SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import type { AccountContext } from './context.ts';
import type { FunctionRuntime, InvocationResult } from './function-runtime.ts';
import { isRecord } from './json.ts';
import { systemAttributesOf } from './sqs-describe.ts';
import type { Queue, QueuedMessage } from './sqs-queue.ts';

export interface MappingSettings {
  readonly batchSize: number;
  /** Seconds for which messages are gathered until the batch is full. */
  readonly batchWindow: number;
  readonly maxConcurrency: number;
  readonly reportsItemFailures: boolean;
}

/** A synchronous invocation takes 6 MB; a batch ends before that. */
const LARGEST_PAYLOAD = 6 * 1024 * 1024;

/** Moves messages from a queue to a function, as Lambda's pollers do (Lambda developer guide, "Using Lambda with Amazon SQS"). */
export class EventSourceMapping {
  private readonly context: AccountContext;
  private readonly queue: Queue;
  private readonly runtime: FunctionRuntime;
  private readonly settings: MappingSettings;
  private readonly stopListening: () => void;
  private readonly log: (line: string) => void;
  private cancelPoll: (() => void) | undefined;
  private pollAt: number | undefined;
  private gatheringSince: number | undefined;
  private running = 0;
  private stopped = false;

  constructor(
    context: AccountContext,
    queue: Queue,
    runtime: FunctionRuntime,
    settings: MappingSettings,
    log: (line: string) => void,
  ) {
    this.context = context;
    this.queue = queue;
    this.runtime = runtime;
    this.settings = settings;
    this.log = log;
    this.stopListening = queue.onChange(() => this.planPoll());
    this.planPoll();
  }

  /** When messages will next be taken from the queue, in Unix milliseconds; undefined if there are none. */
  dueAt(): number | undefined {
    return this.pollAt;
  }

  stop(): void {
    this.stopped = true;
    this.stopListening();
    this.cancelPoll?.();
    this.pollAt = undefined;
  }

  private planPoll(): void {
    const next = this.running >= this.settings.maxConcurrency ? undefined : this.nextPoll();
    if (this.stopped || next === this.pollAt) return;
    this.cancelPoll?.();
    this.pollAt = next;
    if (next === undefined) return;
    this.cancelPoll = this.context.clock.schedule(next - this.context.clock.now(), () => {
      this.pollAt = undefined;
      this.poll();
    });
  }

  /** When the next batch is complete: full, or the window over that began with its first message. */
  private nextPoll(): number | undefined {
    const visibleAt = this.queue.nextVisibleAt();
    if (visibleAt === undefined) return undefined;
    const now = this.context.clock.now();
    if (visibleAt > now) {
      this.gatheringSince = undefined;
      return visibleAt;
    }
    this.gatheringSince ??= now;
    if (this.settings.batchWindow === 0 || this.queue.countVisible() >= this.settings.batchSize) return now;
    return Math.max(now, this.gatheringSince + this.settings.batchWindow * 1000);
  }

  private poll(): void {
    if (this.stopped) return;
    const now = this.context.clock.now();
    const windowOver =
      this.gatheringSince !== undefined && now >= this.gatheringSince + this.settings.batchWindow * 1000;
    while (this.running < this.settings.maxConcurrency) {
      if (!windowOver && this.queue.countVisible() < this.settings.batchSize) break;
      const batch = this.queue.receive(this.settings.batchSize, undefined, LARGEST_PAYLOAD);
      if (batch.length === 0) break;
      this.gatheringSince = undefined;
      this.running += 1;
      void this.work(batch);
    }
    this.planPoll();
  }

  private async work(batch: readonly QueuedMessage[]): Promise<void> {
    // The receipt handles of this round: should a message become visible again while the function runs, its old handle deletes nothing.
    const handles = batch.map((message) => message.receiptHandle ?? '');
    const started = performance.now();
    for (const message of batch) this.note(message, 'takes it', { batch: batch.length });
    const result = await this.runtime.invoke(this.createEvent(batch));
    const failed = this.failedIds(result, batch);
    batch.forEach((message, index) => {
      const done = !failed.has(message.id);
      if (done) this.queue.delete(handles[index] ?? '');
      this.note(message, done ? 'done' : 'failed', {
        milliseconds: Math.round(performance.now() - started),
        ...(!done && { error: result.ok ? 'reported as failed' : result.error }),
      });
    });
    if (failed.size > 0) {
      const why = result.ok ? `${failed.size} of ${batch.length} messages reported as failed` : result.error;
      this.log(`${this.runtime.settings.name}: ${why}`);
    }
    this.running -= 1;
    this.planPoll();
  }

  private note(message: QueuedMessage, what: string, detail: object): void {
    const { folder, name } = this.runtime.settings;
    const trace = this.context.traces.ofMessage(message.body);
    this.context.timeline.add('function', trace, `${folder} ${what}`, {
      function: name,
      messageId: message.id,
      attempt: message.receiveCount,
      ...detail,
    });
  }

  private failedIds(result: InvocationResult, batch: readonly QueuedMessage[]): ReadonlySet<string> {
    const all = new Set(batch.map(({ id }) => id));
    if (!result.ok) return all;
    return this.settings.reportsItemFailures ? readItemFailures(result.value, all) : new Set();
  }

  private createEvent(batch: readonly QueuedMessage[]): SQSEvent {
    return { Records: batch.map((message) => this.createRecord(message)) };
  }

  private createRecord(message: QueuedMessage): SQSRecord {
    const {
      SenderId = '',
      SentTimestamp = '',
      ApproximateReceiveCount = '',
      ApproximateFirstReceiveTimestamp = '',
    } = systemAttributesOf(message);
    const system = { SenderId, SentTimestamp, ApproximateReceiveCount, ApproximateFirstReceiveTimestamp };
    return {
      messageId: message.id,
      receiptHandle: message.receiptHandle ?? '',
      body: message.body,
      attributes:
        message.deadLetterSource === undefined
          ? system
          : { ...system, DeadLetterQueueSourceArn: message.deadLetterSource },
      messageAttributes: readAttributes(message),
      md5OfBody: message.md5,
      eventSource: 'aws:sqs',
      eventSourceARN: this.queue.arn,
      awsRegion: this.context.region,
    };
  }
}

function readAttributes(message: QueuedMessage): SQSMessageAttributes {
  return Object.fromEntries(
    Object.entries(message.attributes).map(([name, { DataType = 'String', StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType,
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
      },
    ]),
  );
}

/**
 * The messages that a partial batch response names (Lambda developer guide, "Reporting batch item failures for Lambda functions with an Amazon SQS
 * trigger"). No response, no list and an empty list mean success; anything Lambda does not understand means that the whole batch failed.
 */
export function readItemFailures(response: unknown, batch: ReadonlySet<string>): ReadonlySet<string> {
  if (response === undefined || response === null) return new Set();
  if (!isRecord(response)) return batch;
  const { batchItemFailures } = response;
  if (batchItemFailures === undefined || batchItemFailures === null) {
    return Object.keys(response).length === 0 || batchItemFailures === null ? new Set() : batch;
  }
  if (!Array.isArray(batchItemFailures)) return batch;
  const failed = new Set<string>();
  for (const failure of batchItemFailures) {
    const id: unknown = isRecord(failure) ? failure.itemIdentifier : undefined;
    if (typeof id !== 'string' || !batch.has(id)) return batch;
    failed.add(id);
  }
  return failed;
}
