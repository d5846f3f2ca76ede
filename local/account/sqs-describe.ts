import type { Message } from '@aws-sdk/client-sqs';
import type { Queue, QueuedMessage } from './sqs-queue.ts';

/** All attributes of a queue, as GetQueueAttributes shows them. */
export function describeQueue(queue: Queue): Record<string, string> {
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

/** A received message with the system attributes and own attributes that were asked for. */
export function describeMessage(
  message: QueuedMessage,
  asked: readonly string[],
  askedOwn: readonly string[],
): Message {
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
