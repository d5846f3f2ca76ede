import * as z from 'zod';
import { LARGEST_ENVELOPE } from './dsse.ts';
import { SignatureError } from './errors.ts';
import { parseJson } from './json.ts';
import type { Envelope } from './material.ts';
import type { SignedContent } from './outcome.ts';

export const STATEMENT_PAYLOAD_TYPE = 'application/vnd.in-toto+json';

const statementShape = z.object({
  _type: z.enum(['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1']),
  subject: z
    .array(z.object({ digest: z.record(z.string().max(64), z.string().regex(/^[0-9a-f]{2,256}$/)) }))
    .min(1)
    .max(10_000),
  predicateType: z.string().min(1).max(2048),
  predicate: z.unknown().optional(),
});

/** Reads an in-toto statement, v0.1 or v1 (in-toto/attestation spec), out of the bytes that were signed. Throws `malformed` or `unsupported`. */
export function readStatement(envelope: Envelope): Extract<SignedContent, { kind: 'statement' }> {
  if (envelope.payloadType !== STATEMENT_PAYLOAD_TYPE) {
    throw new SignatureError(
      'unsupported',
      `the envelope holds ${envelope.payloadType.slice(0, 100)}, not an in-toto statement`,
    );
  }
  const statement = parseJson(envelope.payload, statementShape, 'statement', LARGEST_ENVELOPE);
  return {
    kind: 'statement',
    predicateType: statement.predicateType,
    subjects: statement.subject.flatMap(({ digest }) =>
      Object.entries(digest).map(([algorithm, value]) => ({ algorithm, value })),
    ),
    predicate: statement.predicate,
  };
}
