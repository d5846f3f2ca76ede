import type { z } from 'zod';
import { messageOf } from '../errors.ts';
import { SignatureError } from './errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Deepest nesting that is read. The deepest attestations met (SBOMs) stay below 30. */
const DEEPEST = 128;

/**
 * Parses JSON bytes: strict UTF-8, at most `limit` octets, at most 128 levels deep, no name twice in an object (RFC 8259 section 4 leaves open which one
 * counts, so two readers could see two signatures). Throws `too-large` or `malformed`, naming `what`.
 */
export function readJson(bytes: Uint8Array | string, what: string, limit: number): unknown {
  if (bytes.length > limit) throw new SignatureError('too-large', `${what} is larger than ${limit} bytes`);
  try {
    const text = typeof bytes === 'string' ? bytes : utf8.decode(bytes);
    refuseAmbiguity(text);
    const json: unknown = JSON.parse(text);
    return json;
  } catch (cause) {
    throw new SignatureError('malformed', `${what} is not JSON: ${messageOf(cause).slice(0, 100)}`, { cause });
  }
}

/** As `readJson`, and held to a shape. */
export function parseJson<T>(bytes: Uint8Array | string, schema: z.ZodType<T>, what: string, limit: number): T {
  return matchShape(readJson(bytes, what, limit), schema, what);
}

/** Parses JSON at most 128 levels deep in which no name stands twice in an object. Throws SyntaxError. */
export function parseUnambiguously(text: string): unknown {
  refuseAmbiguity(text);
  return JSON.parse(text);
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

/** Walks the text once, string by string; that it is JSON at all is for `JSON.parse` to say. */
function refuseAmbiguity(text: string): void {
  const objects: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '{':
        objects.push(new Set());
        break;
      case '[':
        objects.push(undefined);
        break;
      case '}':
      case ']':
        objects.pop();
        break;
      case '"': {
        const end = findStringEnd(text, at);
        if (isFollowedByColon(text, end)) recordName(objects.at(-1), text.slice(at, end + 1));
        at = end;
      }
    }
    if (objects.length > DEEPEST) throw new SyntaxError('it is nested too deep');
  }
}

function findStringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  throw new SyntaxError('a string without end');
}

function isFollowedByColon(text: string, end: number): boolean {
  let next = end + 1;
  while (text[next] === ' ' || text[next] === '\n' || text[next] === '\r' || text[next] === '\t') next += 1;
  return text[next] === ':';
}

function recordName(names: Set<string> | undefined, quoted: string): void {
  const name: unknown = quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1);
  if (names === undefined || typeof name !== 'string') return;
  if (names.has(name)) throw new SyntaxError(`the name ${JSON.stringify(name.slice(0, 60))} stands twice`);
  names.add(name);
}
