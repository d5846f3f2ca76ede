import * as z from 'zod';
import { isDigest } from '../core/digest.ts';
import { CountersignError } from '../core/errors.ts';
import { planFacts } from '../core/findings/plan-text.ts';
import { keyOf } from '../core/image-name.ts';
import { findDueTime } from '../core/images/sweep.ts';
import type { VerdictRecord } from '../core/images/verdict.ts';
import { type Evidence, evidenceSchema } from '../core/trust/evidence.ts';

/** Thrown where a row cannot be read as a verdict. Nothing is decided on top of it. */
export class VerdictStoreError extends CountersignError<'malformed-row'> {}

/** Partitions of the index: what is due at a time, and what else has an open finding. Each is one, since it is small and read in the order of time. */
export const LOOK = 'look';
export const OPEN = 'open';

/** A DynamoDB item holds 400 KB; evidence beyond this is cut, oldest policy lines first to stay. */
const LARGEST_EVIDENCE = 256 * 1024;
/** How long the row of a deleted image stays, seconds. */
const KEEP_GONE = 90 * 86_400;

const row = z.object({
  image: z.string(),
  account: z.string(),
  region: z.string(),
  repository: z.string(),
  digest: z.string().refine(isDigest),
  state: z.enum(['pending', 'verified', 'unsigned', 'invalid', 'error', 'ignored', 'gone']),
  revision: z.number().int().positive(),
  publishedRevision: z.number().int().nonnegative(),
  findingUpdatedAt: z.number(),
  firstSeenAt: z.number(),
  graceEndsAt: z.number(),
  nextCheckAt: z.number().optional(),
  validUntil: z.number().optional(),
  attempts: z.number().int().nonnegative(),
  tags: z.array(z.string()),
  tagMoves: z.array(z.object({ tag: z.string(), from: z.string().refine(isDigest) })).optional(),
  manifest: z
    .object({ mediaType: z.string(), size: z.number().int().nonnegative(), artifactType: z.string().optional() })
    .optional(),
  plans: z.array(planFacts).optional(),
  policyHash: z.string(),
  policy: z.string().nullable(),
  evidence: z.string(),
  reasons: z.array(z.object({ code: z.string(), message: z.string() })),
  findingOpen: z.boolean(),
});

const evidenceList = z.array(evidenceSchema);

/** A verdict as an item of the table. */
export function writeRow(record: VerdictRecord): Record<string, unknown> {
  const { nextCheckAt, validUntil, tagMoves, plans, evidence, ...rest } = record;
  return {
    image: keyOf(record),
    ...rest,
    evidence: JSON.stringify(trimEvidence(evidence)),
    ...(nextCheckAt !== undefined && { nextCheckAt }),
    ...(validUntil !== undefined && { validUntil }),
    ...describeIndexKey(record),
    ...(tagMoves !== undefined && { tagMoves }),
    ...(plans !== undefined && { plans }),
    ...(record.state === 'gone' && { expiresAt: Math.floor(record.findingUpdatedAt / 1000) + KEEP_GONE }),
  };
}

/** The place of a row in the index: by when it is due, or else by its open finding. */
function describeIndexKey(record: VerdictRecord): Record<string, unknown> {
  const dueAt = findDueTime(record);
  if (dueAt !== undefined) return { due: LOOK, dueAt };
  return record.findingOpen ? { due: OPEN, dueAt: record.findingUpdatedAt } : {};
}

function trimEvidence(evidence: readonly Evidence[]): readonly Evidence[] {
  let kept = evidence;
  while (kept.length > 1 && Buffer.byteLength(JSON.stringify(kept)) > LARGEST_EVIDENCE) {
    kept = kept.slice(0, Math.ceil(kept.length / 2));
  }
  return kept;
}

/** The verdict that an item holds. Throws `malformed-row`. */
export function readRow(item: Record<string, unknown>): VerdictRecord {
  const parsed = row.safeParse(item);
  const evidence = parsed.success ? evidenceList.safeParse(parseJson(parsed.data.evidence)) : undefined;
  if (!parsed.success || !evidence?.success) {
    throw new VerdictStoreError('malformed-row', `the row ${String(item.image).slice(0, 400)} is not a verdict`);
  }
  const { image: _key, ...record } = parsed.data;
  return { ...record, evidence: evidence.data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is not evidence: the schema refuses undefined.
    return undefined;
  }
}
