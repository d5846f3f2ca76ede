import * as z from 'zod';
import { lifetime } from '../../duration.ts';
import { readTarget, type Target } from './target.ts';

const text = (limit: number) => z.string().min(1).max(limit);

/** Who asked for a containment, and for how long. */
const asked = z.strictObject({
  identity: text(512),
  via: text(256),
  /** Names the request in the history of the plan. */
  request: text(200),
  /** Seconds. */
  expiresAfter: lifetime.optional(),
});
export type AskedContainment = z.infer<typeof asked>;

const message = z.strictObject({
  source: z.literal('countersign'),
  'detail-type': z.literal('Countersign Target'),
  detail: z.union([
    z.strictObject({ target: text(300), uniqueId: text(128), asked: asked.optional() }),
    /** The name of a threat that was worked off before, as `nameThreat` writes it. */
    z.strictObject({ threat: text(200), asked }),
  ]),
});

/** A target that is to be looked at, and by whose wish it is to be contained; by nobody's where it is only looked at again. */
export type TargetMessage =
  | { readonly target: Target; readonly asked?: AskedContainment | undefined }
  | { readonly threat: string; readonly asked: AskedContainment };

/** The unique id of a principal that was named by its ARN alone: whoever has the name is meant. */
export const WHOEVER = 'whoever';

/** The message that asks for a look at a target; `name` as `nameTarget` writes it. */
export function writeTargetMessage(name: string, uniqueId: string, by?: AskedContainment): string {
  return JSON.stringify({
    source: 'countersign',
    'detail-type': 'Countersign Target',
    detail: { target: name, uniqueId, ...(by !== undefined && { asked: by }) },
  });
}

/** The message that asks to contain whom a threat is about, which was worked off before; `threat` as `nameThreat` writes it. */
export function writeThreatMessage(threat: string, asked: AskedContainment): string {
  return JSON.stringify({ source: 'countersign', 'detail-type': 'Countersign Target', detail: { threat, asked } });
}

/** The target that a message of ours names; undefined for any other message. Only our own functions can write to the queue: its policy says so. */
export function parseTargetMessage(body: string): TargetMessage | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // Not JSON is not ours.
    return undefined;
  }
  const { data } = message.safeParse(json);
  if (data === undefined) return undefined;
  if ('threat' in data.detail) return data.detail;
  const target = readTarget(data.detail.target, data.detail.uniqueId);
  return target === undefined ? undefined : { target, asked: data.detail.asked };
}
