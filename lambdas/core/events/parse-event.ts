import type { z } from 'zod';
import { messageOf, type Reason } from '../errors.ts';
import { ECR_ACTION_TYPES, ecrAction, readAction } from './ecr-action.ts';
import { type Envelope, envelope } from './envelope.ts';
import type { ImageEvent, ParsedEvent } from './image-event.ts';
import { RECHECK_SOURCE, RECHECK_TYPE, recheck } from './recheck.ts';

/** Largest message body of SQS (1 MiB); EventBridge events are at most 256 KiB of it. */
const LARGEST = 1024 * 1024;

/** Turns the body of a message on the image queue into a typed event, or says why not. Never throws. */
export function parseEvent(body: string): ParsedEvent {
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

function parseDetail(event: Envelope): ParsedEvent {
  const type = event['detail-type'];
  if (event.source === 'aws.ecr' && ECR_ACTION_TYPES.some((known) => known === type)) {
    const parsed = ecrAction.safeParse(event.detail);
    if (!parsed.success) return rejected('malformed-event', `${type}: ${describe(parsed.error)}`);
    const kind = readAction(parsed.data);
    if (typeof kind !== 'string') return { outcome: 'no-change', reason: { code: 'no-change', message: kind.nothing } };
    return known(event, kind, parsed.data, parsed.data['image-tag']);
  }
  if (event.source === RECHECK_SOURCE && type === RECHECK_TYPE) {
    const parsed = recheck.safeParse(event.detail);
    if (!parsed.success) return rejected('malformed-event', `${type}: ${describe(parsed.error)}`);
    return known(event, 'recheck', parsed.data, parsed.data['image-tag']);
  }
  return rejected('unknown-event', `no reaction to ${type.slice(0, 100)} from ${event.source.slice(0, 100)}`);
}

function known(
  event: Envelope,
  kind: ImageEvent['kind'],
  detail: z.infer<typeof recheck>,
  tag: string | undefined,
): ParsedEvent {
  return {
    outcome: 'event',
    event: {
      kind,
      account: event.account,
      region: event.region,
      repository: detail['repository-name'],
      digest: detail['image-digest'],
      tag,
      at: Date.parse(event.time),
      eventId: event.id,
    },
  };
}

function rejected(code: string, message: string): { readonly outcome: 'rejected'; readonly reason: Reason } {
  return { outcome: 'rejected', reason: { code, message } };
}

function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.').slice(0, 100) || 'its form'}: ${issue?.message.slice(0, 200)}`;
}
