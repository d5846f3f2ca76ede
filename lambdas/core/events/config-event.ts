import * as z from 'zod';
import { accountId, regionName } from '../aws-names.ts';
import type { Compliance, ConfigResource } from '../controls/config-result.ts';
import { messageOf, type Reason } from '../errors.ts';
import { envelope } from './envelope.ts';

/** Largest message body of SQS (1 MiB); EventBridge events are at most 256 KiB of it. */
const LARGEST = 1024 * 1024;

/**
 * What Config told. A hint: whoever acts on it reads the live state first.
 * - `result`: a rule came to another result about a resource; `none` where it has no result any more (rule or resource deleted).
 * - `item`: a resource changed or was deleted.
 * - `oversized`: the same, with the item itself in S3 because it was too large for an event.
 * Times are those of Config, in Unix milliseconds.
 */
export type ConfigEvent =
  | {
      readonly kind: 'result';
      readonly resource: ConfigResource;
      readonly rule: { readonly name: string; readonly arn: string };
      readonly compliance: Compliance;
      readonly at: number;
      readonly eventId: string;
    }
  | (ItemFacts & { readonly kind: 'item'; readonly eventId: string })
  | (ItemFacts & { readonly kind: 'oversized'; readonly eventId: string; readonly place: ItemPlace });

export interface ItemFacts {
  /** Its region is `global` for IAM. */
  readonly resource: ConfigResource;
  /** The region whose Config told: results about the resource come from the same one. */
  readonly toldIn: string;
  readonly arn: string | undefined;
  readonly isDeleted: boolean;
  readonly at: number;
}

/** Where Config put an item that was too large. */
export interface ItemPlace {
  readonly bucket: string;
  readonly key: string;
}

export type ParsedConfigEvent =
  | { readonly outcome: 'event'; readonly event: ConfigEvent }
  | { readonly outcome: 'rejected'; readonly reason: Reason };

const named = (limit: number) => z.string().min(1).max(limit);
const time = z.iso.datetime({ offset: true });
/** Rules that judge the account as a whole have `AWS::::Account`. */
const resourceType = z.string().regex(/^(?:AWS::::Account|[A-Za-z0-9]+(?:::[A-Za-z0-9-]+){1,3})$/);

/** AWS Config developer guide, "Example notifications"; strict in what is used. */
const evaluation = z.object({
  complianceType: z.enum(['COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE', 'INSUFFICIENT_DATA']),
  evaluationResultIdentifier: z.object({
    evaluationResultQualifier: z.object({
      configRuleName: named(128),
      resourceType,
      resourceId: named(768),
    }),
    orderingTimestamp: time,
  }),
  resultRecordedTime: time,
});
const complianceChange = z.object({
  messageType: z.literal('ComplianceChangeNotification'),
  awsAccountId: accountId,
  awsRegion: regionName,
  configRuleName: named(128),
  configRuleARN: z.string().regex(/^arn:[a-z-]+:config:[a-z0-9-]+:\d{12}:config-rule\/[\w./-]{1,128}$/),
  resourceType,
  resourceId: named(768),
  newEvaluationResult: evaluation.nullish(),
  notificationCreationTime: time,
});

const STATUSES = [
  'OK',
  'ResourceDiscovered',
  'ResourceNotRecorded',
  'ResourceDeleted',
  'ResourceDeletedNotRecorded',
] as const;
const itemFields = z.object({
  awsAccountId: accountId,
  awsRegion: z.union([regionName, z.literal('global')]),
  resourceType,
  resourceId: named(768),
  ARN: z.string().max(2048).nullish(),
  configurationItemStatus: z.enum(STATUSES),
  configurationItemCaptureTime: time,
});
const itemChange = z.object({
  messageType: z.literal('ConfigurationItemChangeNotification'),
  configurationItem: itemFields,
});
const oversizedChange = z.object({
  messageType: z.literal('OversizedConfigurationItemChangeNotification'),
  configurationItemSummary: itemFields,
  s3DeliverySummary: z.object({ s3BucketLocation: named(1200), errorCode: z.string().max(200).nullish() }),
});

/** Turns the body of a message with an event of Config into a typed event, or says why not. Never throws. */
export function parseConfigEvent(body: string): ParsedConfigEvent {
  if (Buffer.byteLength(body) > LARGEST) return rejected('too-large', 'the message is larger than 1 MiB');
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (thrown) {
    return rejected('not-json', `the message is not JSON: ${messageOf(thrown).slice(0, 100)}`);
  }
  const parsed = envelope.safeParse(json);
  if (!parsed.success) return rejected('malformed-event', `envelope: ${describe(parsed.error)}`);
  const { source, 'detail-type': type, detail, account, region, id } = parsed.data;
  if (source !== 'aws.config') return rejected('unknown-event', `no reaction to ${source.slice(0, 100)}`);
  const where = { account, region, eventId: id };
  if (type === 'Config Rules Compliance Change') return readResult(detail, where);
  if (type === 'Config Configuration Item Change') return readItem(detail, where);
  return rejected('unknown-event', `no reaction to ${type.slice(0, 100)} of Config`);
}

interface Where {
  readonly account: string;
  readonly region: string;
  readonly eventId: string;
}

function readResult(detail: unknown, { account, region, eventId }: Where): ParsedConfigEvent {
  const parsed = complianceChange.safeParse(detail);
  if (!parsed.success) return rejected('malformed-event', `compliance change: ${describe(parsed.error)}`);
  const { configRuleARN: arn, configRuleName: name, newEvaluationResult: result, ...told } = parsed.data;
  const [, , , ruleRegion, ruleAccount] = arn.split(':');
  const isOwn = told.awsAccountId === account && ruleAccount === account && ruleRegion === region;
  if (!isOwn || told.awsRegion !== region) {
    return rejected('foreign-account', `the result is of ${told.awsAccountId} in ${told.awsRegion}`);
  }
  const about = result?.evaluationResultIdentifier.evaluationResultQualifier;
  if (
    about &&
    (about.configRuleName !== name || about.resourceId !== told.resourceId || about.resourceType !== told.resourceType)
  ) {
    return rejected('contradiction', 'the result is about another rule or resource than the notification');
  }
  return accepted({
    kind: 'result',
    resource: { type: told.resourceType, id: told.resourceId, account, region },
    rule: { name, arn },
    compliance: result?.complianceType ?? 'none',
    at: Date.parse(result?.resultRecordedTime ?? told.notificationCreationTime),
    eventId,
  });
}

function readItem(detail: unknown, { account, region, eventId }: Where): ParsedConfigEvent {
  const whole = itemChange.safeParse(detail);
  if (whole.success) {
    const { configurationItem: item } = whole.data;
    return item.awsAccountId === account
      ? accepted({ kind: 'item', ...factsOf(item), toldIn: region, eventId })
      : rejected('foreign-account', `the item is of ${item.awsAccountId}`);
  }
  const large = oversizedChange.safeParse(detail);
  if (!large.success) {
    const isLarge = z.object({ messageType: oversizedChange.shape.messageType }).safeParse(detail).success;
    return rejected('malformed-event', `item change: ${describe(isLarge ? large.error : whole.error)}`);
  }
  const { configurationItemSummary: item, s3DeliverySummary: delivery } = large.data;
  if (item.awsAccountId !== account) return rejected('foreign-account', `the item is of ${item.awsAccountId}`);
  if (delivery.errorCode) return rejected('not-delivered', 'Config could not put the item into its bucket');
  const place = readPlace(delivery.s3BucketLocation);
  if (place === undefined) return rejected('malformed-event', 'item change: s3BucketLocation names no object');
  return accepted({ kind: 'oversized', ...factsOf(item), toldIn: region, place, eventId });
}

function factsOf(item: z.infer<typeof itemFields>): Omit<ItemFacts, 'toldIn'> {
  return {
    resource: { type: item.resourceType, id: item.resourceId, account: item.awsAccountId, region: item.awsRegion },
    arn: item.ARN ?? undefined,
    isDeleted: item.configurationItemStatus.startsWith('ResourceDeleted'),
    at: Date.parse(item.configurationItemCaptureTime),
  };
}

/** `BUCKET/KEY`. Bucket names as S3 allows them, keys of at most 1024 bytes (S3 user guide). */
function readPlace(location: string): ItemPlace | undefined {
  const slash = location.indexOf('/');
  const [bucket, key] = [location.slice(0, slash), location.slice(slash + 1)];
  const isPlace = slash > 0 && /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) && key !== '';
  return isPlace && Buffer.byteLength(key) <= 1024 ? { bucket, key } : undefined;
}

/** Whether an item that was read from S3 is the one that its event told of: same resource, same moment. An object may be replaced, or be another one. */
export function isSameItem(event: ItemFacts, item: unknown): boolean {
  const parsed = itemFields.safeParse(item);
  if (!parsed.success) return false;
  const read = factsOf(parsed.data);
  const keys = ['type', 'id', 'account', 'region'] as const;
  return (
    read.at === event.at &&
    read.isDeleted === event.isDeleted &&
    keys.every((key) => read.resource[key] === event.resource[key])
  );
}

function accepted(event: ConfigEvent): ParsedConfigEvent {
  return { outcome: 'event', event };
}

function rejected(code: string, message: string): ParsedConfigEvent {
  return { outcome: 'rejected', reason: { code, message } };
}

function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.').slice(0, 100) || 'its form'}: ${issue?.message.slice(0, 200)}`;
}
