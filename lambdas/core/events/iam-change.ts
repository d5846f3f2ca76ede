import * as z from 'zod';
import { accountId, regionName } from '../aws-names.ts';
import { messageOf, type Reason } from '../errors.ts';
import { findWriteCall } from '../iam/write-surface.ts';
import type { WriteCall } from '../iam/writes/write-call.ts';
import { type Envelope, envelope } from './envelope.ts';
import { type Actor, readActor, userIdentity } from './iam-actor.ts';
import { nameResources } from './iam-resources.ts';

/** Largest message body of SQS (1 MiB); EventBridge events are at most 256 KiB of it. */
const LARGEST = 1024 * 1024;

/** How EventBridge calls what CloudTrail tells of a call (EventBridge Events Reference, "AWS API calls delivered via CloudTrail"). */
export const CLOUDTRAIL_CALL = 'AWS API Call via CloudTrail';

const text = z.string().max(2048);
const record = z.object({
  eventSource: text.min(1),
  eventName: text.min(1),
  eventID: text.min(1),
  eventTime: z.iso.datetime({ offset: true }),
  awsRegion: regionName,
  recipientAccountId: accountId.optional(),
  requestID: text.nullish(),
  errorCode: text.nullish(),
  // Null in most records of failed calls, and in some of calls that went well.
  requestParameters: z.record(z.string(), z.unknown()).nullish(),
  responseElements: z.record(z.string(), z.unknown()).nullish(),
  userIdentity,
});
type CallRecord = z.infer<typeof record>;

/** A call that changes access, as CloudTrail told of it: where to look again and who is said to have called. No document of the event is kept: live state is read. */
export interface IamChange {
  readonly eventId: string;
  /** Recognises what this service did itself, beside the state that it left. */
  readonly requestId: string | undefined;
  readonly account: string;
  readonly region: string;
  /** Time of the call, Unix milliseconds. */
  readonly at: number;
  readonly call: WriteCall;
  /** ARNs, those of roles, users, groups and instance profiles without their path. `arn:…:root` where the record does not tell: the account is to be read. */
  readonly resources: readonly string[];
  readonly actor: Actor;
}

/**
 * - `change`: the call went through.
 * - `probe`: it failed (`errorCode`): no drift, but somebody tried.
 * - `no-change`: a call that is not in the table of writes.
 * - `rejected`: not a CloudTrail record in an event; it belongs to the dead letters with its reason.
 */
export type ParsedIamEvent =
  | { readonly outcome: 'change'; readonly change: IamChange }
  | { readonly outcome: 'probe'; readonly change: IamChange; readonly errorCode: string }
  | { readonly outcome: 'no-change'; readonly reason: Reason }
  | { readonly outcome: 'rejected'; readonly reason: Reason };

/** Turns the body of a message about a call to IAM, Roles Anywhere or Identity Center into a typed change, or says why not. Never throws. */
export function parseIamEvent(body: string): ParsedIamEvent {
  if (Buffer.byteLength(body) > LARGEST) return rejected('too-large', 'the message is larger than 1 MiB');
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (thrown) {
    return rejected('not-json', `the message is not JSON: ${messageOf(thrown).slice(0, 100)}`);
  }
  const parsed = envelope.safeParse(json);
  if (!parsed.success) return rejected('malformed-event', `envelope: ${describe(parsed.error)}`);
  return parseDetail(parsed.data);
}

function parseDetail(event: Envelope): ParsedIamEvent {
  const type = event['detail-type'];
  // Nobody but AWS can put an event whose source begins like this (EventBridge API Reference, PutEvents).
  if (!event.source.startsWith('aws.') || type !== CLOUDTRAIL_CALL) {
    return rejected('unknown-event', `no reaction to ${type.slice(0, 100)} from ${event.source.slice(0, 100)}`);
  }
  const parsed = record.safeParse(event.detail);
  if (!parsed.success) return rejected('malformed-event', `${type}: ${describe(parsed.error)}`);
  const { data } = parsed;
  if (data.recipientAccountId !== undefined && data.recipientAccountId !== event.account) {
    return rejected('malformed-event', `${type}: the record is of another account than its event`);
  }
  const call = findWriteCall(data.eventSource, data.eventName);
  if (call === undefined) {
    const message = `${data.eventName.slice(0, 100)} of ${data.eventSource.slice(0, 100)} changes no access`;
    return { outcome: 'no-change', reason: { code: 'no-change', message } };
  }
  const change = toChange(event, data, call);
  return data.errorCode ? { outcome: 'probe', change, errorCode: data.errorCode } : { outcome: 'change', change };
}

function toChange(event: Envelope, data: CallRecord, call: WriteCall): IamChange {
  const place = { account: event.account, region: data.awsRegion };
  const actor = readActor(data.userIdentity);
  return {
    eventId: data.eventID,
    requestId: data.requestID ?? undefined,
    ...place,
    at: Date.parse(data.eventTime),
    call,
    resources: nameResources(call, { ...place, caller: actor, ...data }),
    actor,
  };
}

function rejected(code: string, message: string): { readonly outcome: 'rejected'; readonly reason: Reason } {
  return { outcome: 'rejected', reason: { code, message } };
}

function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.').slice(0, 100) || 'its form'}: ${issue?.message.slice(0, 200)}`;
}
