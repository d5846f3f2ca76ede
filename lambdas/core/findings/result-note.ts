import * as z from 'zod';
import { accountId, regionName } from '../aws-names.ts';
import { asffFinding } from './asff.ts';

const text = (limit: number) => z.string().min(1).max(limit);

/**
 * What this service has to say about a result of AWS Config. It is written beside the findings that Security Hub holds about it, which have to be looked for: their ids hold
 * a hash that only AWS knows (Security Hub user guide, "AWS Config"). Only where there is none the finding of our own stands.
 */
export const resultNote = z.strictObject({
  account: accountId,
  region: regionName,
  /** `config`: the integration of Config makes the finding. `securityhub`: a control does, and always. */
  findingsOf: z.enum(['config', 'securityhub']),
  rule: z.strictObject({ name: text(128), arn: text(2048) }),
  /** Ids under which a finding may name the resource. */
  resourceIds: z.array(text(2048)).min(1).max(8),
  /** Whether the ARN is among them. Without it a finding is known by the end of its ARN. */
  isExact: z.boolean(),
  /** When Config recorded the result: an older one changes nothing any more. */
  updatedAt: z.iso.datetime(),
  note: text(512),
  fields: z.record(text(128), text(1024)).refine((fields) => Object.keys(fields).length <= 10),
  /** Active where the result is a fault, archived where it is over. None where a control makes the finding. */
  standIn: asffFinding.optional(),
  /** Config tells Security Hub minutes after its event. */
  standInAfter: z.iso.datetime(),
});
export type ResultNote = z.infer<typeof resultNote>;

const message = z.strictObject({ version: z.literal(1), result: resultNote });

/** The note that a message on the findings queue holds, or undefined where it is something else. */
export function parseResultNote(body: string): ResultNote | undefined {
  // Larger than any note: `planImports` tells why it is refused.
  if (Buffer.byteLength(body) > 240 * 1024) return undefined;
  try {
    return message.safeParse(JSON.parse(body)).data?.result;
  } catch {
    // Not JSON is no note; `planImports` refuses it with the reason.
    return undefined;
  }
}

/** Whether a finding is about the resource of the note, by the ids of its resources. */
export function isAbout({ resourceIds, isExact }: ResultNote, ids: readonly string[]): boolean {
  if (ids.some((id) => resourceIds.includes(id))) return true;
  if (isExact) return false;
  return ids.some((id) => resourceIds.some((one) => id.endsWith(`/${one}`) || id.endsWith(`:${one}`)));
}
