import * as z from 'zod';
import { asffFinding } from './asff.ts';

const text = (limit: number) => z.string().min(1).max(limit);

/** The field of a finding that says which version of it was annotated. */
export const SEEN_FIELD = 'countersign/Seen';
/** The field that says that we raised its severity, and from what. */
export const RAISED_FIELD = 'countersign/Raised';
/** Who signs our notes. A note of anybody else stays. */
export const NOTE_AUTHOR = 'Countersign';
/** Security Hub takes as many user-defined fields (Security Hub API Reference, AwsSecurityFinding). */
const MOST_FIELDS = 50;

/**
 * What this service has to say about a finding of another product: it is written beside that finding, and only where Security Hub does not hold it becomes a
 * finding of our own. Limits: Security Hub API Reference, BatchUpdateFindings.
 */
export const annotation = z.strictObject({
  productArn: text(2048),
  findingId: text(512),
  /** Of the version that it is about: an older one changes nothing any more. */
  updatedAt: z.iso.datetime(),
  count: z.number().int().nonnegative(),
  note: text(512),
  fields: z.record(text(128), text(1024)).refine((fields) => Object.keys(fields).length <= 10),
  /** The severity that it has at least, by what is known here and not to the other product. */
  raiseTo: z.literal('CRITICAL').optional(),
  /** What is recorded where Security Hub does not hold the finding after `standInAfter`. */
  standIn: asffFinding.optional(),
  /** Findings of other products come to Security Hub minutes after their event. */
  standInAfter: z.iso.datetime(),
});
export type Annotation = z.infer<typeof annotation>;

const message = z.strictObject({ version: z.literal(1), annotation });

/** The annotation that a message on the findings queue holds, or undefined where it is something else. */
export function parseAnnotation(body: string): Annotation | undefined {
  // Larger than any annotation: `planImports` tells why it is refused.
  if (Buffer.byteLength(body) > 240 * 1024) return undefined;
  try {
    return message.safeParse(JSON.parse(body)).data?.annotation;
  } catch {
    // Not JSON is no annotation; `planImports` refuses it with the reason.
    return undefined;
  }
}

/** What stands beside a finding already, written by us, by other tools or by an analyst. */
export interface Held {
  readonly fields: Readonly<Record<string, string>>;
  readonly noteBy: string | undefined;
  /** Label of its severity. */
  readonly severity?: string | undefined;
}

/** What to write beside a finding. Absent parts stay as they are. */
export interface Writing {
  readonly fields?: Readonly<Record<string, string>>;
  readonly note?: string;
  readonly severity?: 'CRITICAL';
}

/**
 * Adds an annotation to what is held: fields of others stay (an update replaces all fields at once), and so does the note of a person. Undefined where this or a newer
 * version was annotated before.
 */
export function addAnnotation(
  { fields, noteBy, severity }: Held,
  { updatedAt, count, raiseTo, ...said }: Pick<Annotation, 'updatedAt' | 'count' | 'note' | 'fields' | 'raiseTo'>,
): Writing | undefined {
  const seen = describeSeen(updatedAt, count);
  const before = fields[SEEN_FIELD];
  if (before !== undefined && before >= seen) return undefined;
  // Once: whoever lowered it since has decided about that.
  const raised =
    raiseTo !== undefined && severity !== raiseTo && fields[RAISED_FIELD] === undefined ? raiseTo : undefined;
  const all = {
    ...fields,
    ...said.fields,
    ...(raised !== undefined && { [RAISED_FIELD]: `from ${severity ?? 'none'}` }),
    [SEEN_FIELD]: seen,
  };
  const isRoom = Object.keys(all).length <= MOST_FIELDS;
  return {
    ...(isRoom && { fields: all }),
    ...(isRoom && raised !== undefined && { severity: raised }),
    ...((noteBy === undefined || noteBy === NOTE_AUTHOR) && { note: said.note }),
  };
}

/** Texts of the same length in each part, so that the later one is the greater one. */
function describeSeen(updatedAt: string, count: number): string {
  return `${new Date(updatedAt).toISOString()} ${String(count).padStart(16, '0')}`;
}
