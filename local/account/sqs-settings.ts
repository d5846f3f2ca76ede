import { z } from 'zod';
import { parseJson } from './json.ts';
import { invalidValue, LARGEST_MESSAGE, sqsFault } from './sqs-limits.ts';
import type { Queue, QueueSettings } from './sqs-queue.ts';

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

/** The attributes of CreateQueue, within the limits of the SQS API reference. Throws what SQS throws. */
export function readSettings(
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

export function sameSettings(a: QueueSettings, b: QueueSettings): boolean {
  return (
    a.visibilityTimeout === b.visibilityTimeout &&
    a.delay === b.delay &&
    a.retention === b.retention &&
    a.maximumMessageSize === b.maximumMessageSize &&
    a.redrive?.deadLetterQueue === b.redrive?.deadLetterQueue &&
    a.redrive?.maxReceiveCount === b.redrive?.maxReceiveCount
  );
}
