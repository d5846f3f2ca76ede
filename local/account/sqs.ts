import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  type DeleteMessageBatchResultEntry,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
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
import { answers, type LocalService, type Operation, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';
import { EmbeddedAccountError } from './errors.ts';
import { describeMessage, describeQueue } from './sqs-describe.ts';
import { checkBatch, checkMessage, checkVisibility, invalidValue } from './sqs-limits.ts';
import { Queue, type QueuedMessage } from './sqs-queue.ts';
import { readSettings, sameSettings } from './sqs-settings.ts';

export interface Sqs {
  readonly service: LocalService;
  findByArn(arn: string): Queue | undefined;
  findByUrl(url: string): Queue | undefined;
}

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
