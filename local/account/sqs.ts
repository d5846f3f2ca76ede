import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  type DeleteMessageBatchResultEntry,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  MessageNotInflight,
  QueueDoesNotExist,
  QueueNameExists,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  RequestThrottled,
  SendMessageBatchCommand,
  type SendMessageBatchResultEntry,
  SendMessageCommand,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { answers, type LocalService, type Operation, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';
import { EmbeddedAccountError } from './errors.ts';
import { parseJson } from './json.ts';
import { checkBatch, checkMessage, checkVisibility, invalidValue, LARGEST_MESSAGE, sqsFault } from './sqs-limits.ts';
import { Queue, type QueuedMessage, type QueueSettings } from './sqs-queue.ts';

export interface Sqs {
  readonly service: LocalService;
  findByArn(arn: string): Queue | undefined;
  findByUrl(url: string): Queue | undefined;
}

const seconds = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const queueAttributes = z.object({
  VisibilityTimeout: seconds(0, 43_200).default(30),
  DelaySeconds: seconds(0, 900).default(0),
  MessageRetentionPeriod: seconds(60, 1_209_600).default(345_600),
  MaximumMessageSize: seconds(1024, LARGEST_MESSAGE).default(LARGEST_MESSAGE),
  RedrivePolicy: z.string().optional(),
});
const redrivePolicy = z.object({
  deadLetterTargetArn: z.string(),
  maxReceiveCount: z.coerce.number().int().min(1).max(1000),
});

/** Amazon SQS: standard queues. A long poll (`WaitTimeSeconds`) is answered at once, which AWS may do too. */
export function createSqs(context: AccountContext): Sqs {
  const queues = new Map<string, Queue>();
  const findByArn = (arn: string) => [...queues.values()].find((queue) => queue.arn === arn);
  const findByUrl = (url: string) => queues.get(url);

  function find(url: string | undefined): Queue {
    const queue = queues.get(url ?? '');
    if (queue !== undefined) return queue;
    throw refusal(QueueDoesNotExist, 'The specified queue does not exist.');
  }

  function findMessage(queue: Queue, handle: string | undefined): QueuedMessage {
    const message = queue.findByHandle(handle ?? '');
    if (message !== undefined) return message;
    throw refusal(ReceiptHandleIsInvalid, 'The input receipt handle is invalid.', 404);
  }

  const send = (queue: Queue, message: Parameters<typeof checkMessage>[0]) => {
    checkMessage(message, queue.settings.maximumMessageSize);
    return queue.send({
      body: message.MessageBody ?? '',
      attributes: structuredClone(message.MessageAttributes),
      delay: message.DelaySeconds,
      sender: context.id,
    });
  };

  const operations: [string, Operation][] = [
    answers(CreateQueueCommand, ({ QueueName = '', Attributes = {} }) => {
      if (QueueName.endsWith('.fifo') || Attributes.FifoQueue === 'true') {
        throw new EmbeddedAccountError('unsupported-input', 'the embedded account has no FIFO queues');
      }
      if (!/^[A-Za-z0-9_-]{1,80}$/.test(QueueName)) {
        throw invalidValue('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
      }
      const settings = readSettings(Attributes, findByArn);
      const queue = new Queue(context, QueueName, settings);
      const existing = queues.get(queue.url);
      if (existing !== undefined && !sameSettings(existing.settings, settings)) {
        throw refusal(
          QueueNameExists,
          'A queue already exists with the same name and a different value for an attribute',
        );
      }
      if (existing === undefined) queues.set(queue.url, queue);
      return { QueueUrl: queue.url };
    }),
    answers(GetQueueUrlCommand, ({ QueueName }) => {
      const queue = [...queues.values()].find((one) => one.name === QueueName);
      return { QueueUrl: find(queue?.url).url };
    }),
    answers(GetQueueAttributesCommand, ({ QueueUrl, AttributeNames = [] }) => {
      const all = describeQueue(find(QueueUrl));
      const wanted = Object.entries(all).filter(([name]) =>
        AttributeNames.some((asked) => asked === 'All' || asked === name),
      );
      return wanted.length > 0 ? { Attributes: Object.fromEntries(wanted) } : {};
    }),
    answers(SendMessageCommand, (input) => {
      const { id, md5 } = send(find(input.QueueUrl), input);
      return { MessageId: id, MD5OfMessageBody: md5 };
    }),
    answers(SendMessageBatchCommand, ({ QueueUrl, Entries }) => {
      const queue = find(QueueUrl);
      checkBatch(Entries);
      const Successful: SendMessageBatchResultEntry[] = [];
      const Failed: BatchResultErrorEntry[] = [];
      for (const entry of Entries ?? []) {
        const sent = attempt(entry.Id, Failed, () => send(queue, entry));
        if (sent !== undefined) Successful.push({ Id: entry.Id, MessageId: sent.id, MD5OfMessageBody: sent.md5 });
      }
      return { Successful, Failed: Failed.length > 0 ? Failed : undefined };
    }),
    answers(ReceiveMessageCommand, (input) => {
      const queue = find(input.QueueUrl);
      const most = input.MaxNumberOfMessages ?? 1;
      if (!Number.isInteger(most) || most < 1 || most > 10) {
        throw invalidValue(
          `Value ${most} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10.`,
        );
      }
      checkVisibility(input.VisibilityTimeout);
      const asked = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
      const received = queue.receive(most, input.VisibilityTimeout);
      const Messages = received.map((message) => describeMessage(message, asked, input.MessageAttributeNames ?? []));
      return Messages.length > 0 ? { Messages } : {};
    }),
    answers(DeleteMessageCommand, ({ QueueUrl, ReceiptHandle = '' }) => {
      const queue = find(QueueUrl);
      findMessage(queue, ReceiptHandle);
      queue.delete(ReceiptHandle);
      return {};
    }),
    answers(DeleteMessageBatchCommand, ({ QueueUrl, Entries }) => {
      const queue = find(QueueUrl);
      checkBatch(Entries);
      const Successful: DeleteMessageBatchResultEntry[] = [];
      const Failed: BatchResultErrorEntry[] = [];
      for (const { Id, ReceiptHandle = '' } of Entries ?? []) {
        const found = attempt(Id, Failed, () => findMessage(queue, ReceiptHandle));
        if (found === undefined) continue;
        queue.delete(ReceiptHandle);
        Successful.push({ Id });
      }
      return { Successful, Failed: Failed.length > 0 ? Failed : undefined };
    }),
    answers(ChangeMessageVisibilityCommand, ({ QueueUrl, ReceiptHandle, VisibilityTimeout = 0 }) => {
      const queue = find(QueueUrl);
      const message = findMessage(queue, ReceiptHandle);
      checkVisibility(VisibilityTimeout);
      if (message.receiptHandle !== ReceiptHandle || !queue.isInFlight(message)) {
        throw refusal(MessageNotInflight, 'The specified message is not in flight.');
      }
      queue.changeVisibility(message, VisibilityTimeout);
      return {};
    }),
  ];
  const throttled = () =>
    new RequestThrottled({
      message: 'The request was denied due to request throttling.',
      $metadata: { httpStatusCode: 403 },
    });
  return { service: { name: 'sqs', operations: new Map(operations), throttled }, findByArn, findByUrl };
}

/** Runs one entry of a batch; what SQS refuses of it goes to `failed` instead of failing the batch. */
function attempt<Result>(
  id: string | undefined,
  failed: BatchResultErrorEntry[],
  run: () => Result,
): Result | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof SQSServiceException)) throw error;
    failed.push({ Id: id, Code: error.name, Message: error.message, SenderFault: true });
    return undefined;
  }
}

function readSettings(
  attributes: Record<string, string>,
  findByArn: (arn: string) => Queue | undefined,
): QueueSettings {
  const parsed = queueAttributes.safeParse(attributes);
  if (!parsed.success) throw sqsFault('InvalidAttributeValue', z.prettifyError(parsed.error));
  const { VisibilityTimeout, DelaySeconds, MessageRetentionPeriod, MaximumMessageSize, RedrivePolicy } = parsed.data;
  return {
    visibilityTimeout: VisibilityTimeout,
    delay: DelaySeconds,
    retention: MessageRetentionPeriod,
    maximumMessageSize: MaximumMessageSize,
    redrive: RedrivePolicy === undefined || RedrivePolicy === '' ? undefined : readRedrive(RedrivePolicy, findByArn),
  };
}

function readRedrive(text: string, findByArn: (arn: string) => Queue | undefined): QueueSettings['redrive'] {
  const parsed = redrivePolicy.safeParse(parseJson(text));
  const deadLetterQueue = parsed.success ? findByArn(parsed.data.deadLetterTargetArn) : undefined;
  if (!parsed.success || deadLetterQueue === undefined) {
    throw invalidValue(
      `Value ${text} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.`,
    );
  }
  return { deadLetterQueue, maxReceiveCount: parsed.data.maxReceiveCount };
}

function sameSettings(a: QueueSettings, b: QueueSettings): boolean {
  return (
    a.visibilityTimeout === b.visibilityTimeout &&
    a.delay === b.delay &&
    a.retention === b.retention &&
    a.maximumMessageSize === b.maximumMessageSize &&
    a.redrive?.deadLetterQueue === b.redrive?.deadLetterQueue &&
    a.redrive?.maxReceiveCount === b.redrive?.maxReceiveCount
  );
}

function describeQueue(queue: Queue): Record<string, string> {
  const { visible, inFlight, delayed } = queue.counts();
  const { redrive } = queue.settings;
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(queue.settings.visibilityTimeout),
    DelaySeconds: String(queue.settings.delay),
    MessageRetentionPeriod: String(queue.settings.retention),
    MaximumMessageSize: String(queue.settings.maximumMessageSize),
    ...(redrive !== undefined && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: redrive.deadLetterQueue.arn,
        maxReceiveCount: redrive.maxReceiveCount,
      }),
    }),
  };
}

/** System attributes of a message, as ReceiveMessage and Lambda show them. */
export function systemAttributesOf(message: QueuedMessage): Record<string, string> {
  return {
    SenderId: message.sender,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
    ...(message.deadLetterSource !== undefined && { DeadLetterQueueSourceArn: message.deadLetterSource }),
  };
}

function describeMessage(message: QueuedMessage, asked: readonly string[], askedOwn: readonly string[]): Message {
  const system = Object.entries(systemAttributesOf(message)).filter(
    ([name]) => asked.includes('All') || asked.includes(name),
  );
  const own = Object.entries(message.attributes).filter(([name]) => askedOwn.some((pattern) => isAsked(pattern, name)));
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: message.md5,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(own.length > 0 && { MessageAttributes: structuredClone(Object.fromEntries(own)) }),
  };
}

function isAsked(pattern: string, name: string): boolean {
  if (pattern === 'All' || pattern === '.*') return true;
  return pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
