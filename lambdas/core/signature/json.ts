import type { z } from 'zod';
import { messageOf } from '../errors.ts';
import { SignatureError } from './errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Parses JSON bytes (strict UTF-8, at most `limit` octets) into a shape. Throws `too-large` or `malformed`, naming `what`. */
export function parseJson<T>(bytes: Uint8Array | string, schema: z.ZodType<T>, what: string, limit: number): T {
  if (bytes.length > limit) throw new SignatureError('too-large', `${what} is larger than ${limit} bytes`);
  let json: unknown;
  try {
    json = JSON.parse(typeof bytes === 'string' ? bytes : utf8.decode(bytes));
  } catch (cause) {
    throw new SignatureError('malformed', `${what} is not JSON: ${messageOf(cause).slice(0, 100)}`, { cause });
  }
  return matchShape(json, schema, what);
}

/** Holds parsed JSON to a shape. Throws `malformed` with the first place that does not fit. */
export function matchShape<T>(json: unknown, schema: z.ZodType<T>, what: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SignatureError(
    'malformed',
    `${what}: ${issue?.path.join('.').slice(0, 100) || 'its shape'}: ${issue?.message.slice(0, 150)}`,
  );
}
