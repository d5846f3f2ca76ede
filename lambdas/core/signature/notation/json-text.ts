import type { z } from 'zod';
import { messageOf } from '../../errors.ts';
import { NotationError, type NotationErrorCode } from './errors.ts';

const DEEPEST = 16;
const MOST_TOKENS = 20_000;

/**
 * Parses JSON of which every reader must have the same understanding: strict UTF-8 without a byte order mark, at most `limit` octets, no object with the
 * same key twice (RFC 8259 section 4 leaves the meaning open; RFC 7515 section 4 forbids it), at most 16 levels deep. Throws `too-large` or `code`.
 */
export function parseJsonText<T>(
  bytes: Uint8Array,
  schema: z.ZodType<T>,
  what: string,
  limit: number,
  code: NotationErrorCode = 'malformed',
): T {
  if (bytes.length > limit) throw new NotationError('too-large', `${what} is larger than ${limit} bytes`);
  let json: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    json = JSON.parse(text);
    refuseDuplicateKeys(text);
  } catch (cause) {
    throw new NotationError(code, `${what} is not acceptable JSON: ${messageOf(cause).slice(0, 120)}`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.').slice(0, 100) || 'its shape';
  throw new NotationError(code, `${what}: ${place}: ${issue?.message.slice(0, 150)}`);
}

/** Walks text that is known to be JSON, so every string is followed by what the grammar allows. */
function refuseDuplicateKeys(text: string): void {
  const objects: (Set<string> | undefined)[] = [];
  let tokens = 0;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"\s*:?|[{}[\]]/g)) {
    tokens += 1;
    if (tokens > MOST_TOKENS) throw new SyntaxError('it has too many elements');
    if (token === '{') objects.push(new Set());
    else if (token === '[') objects.push(undefined);
    else if (token === '}' || token === ']') objects.pop();
    else if (token.endsWith(':') && !token.endsWith('"')) recordKey(objects.at(-1), token);
    if (objects.length > DEEPEST) throw new SyntaxError('it is nested too deep');
  }
}

function recordKey(keys: Set<string> | undefined, token: string): void {
  const key: unknown = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1));
  if (keys === undefined || typeof key !== 'string') return;
  if (keys.has(key)) throw new SyntaxError(`the key ${JSON.stringify(key).slice(0, 60)} stands twice`);
  keys.add(key);
}
