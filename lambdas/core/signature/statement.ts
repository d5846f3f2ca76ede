import { LARGEST_ENVELOPE } from './dsse.ts';
import { SignatureError } from './errors.ts';
import { readFields, readList, readMatch, readText } from './fields.ts';
import { readJson } from './json.ts';
import type { Envelope } from './material.ts';
import type { SignedContent, SubjectDigest } from './outcome.ts';

export const STATEMENT_PAYLOAD_TYPE = 'application/vnd.in-toto+json';

const TYPE = /^https:\/\/in-toto\.io\/Statement\/v(0\.1|1)$/;
const HEX = /^[0-9a-f]{2,256}$/;

/** Reads an in-toto statement, v0.1 or v1 (in-toto/attestation spec), out of the bytes that were signed. Throws `malformed` or `unsupported`. */
export function readStatement(envelope: Envelope): Extract<SignedContent, { kind: 'statement' }> {
  if (envelope.payloadType !== STATEMENT_PAYLOAD_TYPE) {
    throw new SignatureError(
      'unsupported',
      `the envelope holds ${envelope.payloadType.slice(0, 100)}, not an in-toto statement`,
    );
  }
  const statement = readFields(readJson(envelope.payload, 'statement', LARGEST_ENVELOPE), 'statement');
  readMatch(statement._type, 'statement._type', TYPE);
  return {
    kind: 'statement',
    subjects: readList(statement.subject, 'statement.subject', readDigests, { least: 1, most: 10_000 }).flat(),
    predicateType: readText(statement.predicateType, 'statement.predicateType', 2048, 1),
    predicate: statement.predicate,
  };
}

function readDigests(subject: unknown, at: string): readonly SubjectDigest[] {
  return Object.entries(readFields(readFields(subject, at).digest, `${at}.digest`)).map(([algorithm, value]) => ({
    algorithm: readText(algorithm, `${at}.digest`, 64),
    value: readMatch(value, `${at}.digest`, HEX),
  }));
}
