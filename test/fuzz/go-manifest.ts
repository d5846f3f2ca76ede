/**
 * The digests that Go's encoding/json would find in a manifest: names in any case, the last of two, structures and lists read into what an earlier one of the name left. Written
 * apart from the reader under test, on the text itself, since JSON.parse forgets what stood twice.
 */
export function readLikeGo(input: Buffer) {
  const manifest = decodeInto(readPairs(input.toString()), {});
  const listed = [...digestsOf(manifest.layers), ...digestsOf(manifest.blobs)];
  return {
    layers: listed,
    config: digestOf(manifest.config),
    subject: digestOf(manifest.subject),
    manifests: digestsOf(manifest.manifests),
  };
}

type Pairs = readonly (readonly [string, unknown])[];
interface Struct {
  [name: string]: unknown;
}
const FIELDS = ['config', 'layers', 'blobs', 'manifests', 'subject', 'digest'];
const fold = (name: string) => name.toUpperCase().toLowerCase();

class JsonObject {
  readonly pairs: Pairs;
  constructor(pairs: Pairs) {
    this.pairs = pairs;
  }
}

function decodeInto(value: unknown, target: Struct): Struct {
  if (!(value instanceof JsonObject)) return target;
  for (const [name, member] of value.pairs) {
    const field = FIELDS.find((one) => fold(one) === fold(name));
    if (field === undefined) continue;
    target[field] = decodeMember(member, target[field]);
  }
  return target;
}

function decodeMember(member: unknown, before: unknown): unknown {
  if (member === null) return undefined;
  if (Array.isArray(member)) {
    const old = Array.isArray(before) ? before : [];
    return member.map((item: unknown, index) => decodeInto(item, isStruct(old[index]) ? old[index] : {}));
  }
  return member instanceof JsonObject ? decodeInto(member, isStruct(before) ? before : {}) : member;
}

function isStruct(value: unknown): value is Struct {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function digestOf(value: unknown): string | undefined {
  return isStruct(value) && typeof value.digest === 'string' ? value.digest : undefined;
}

function digestsOf(value: unknown): (string | undefined)[] {
  return Array.isArray(value) ? value.map(digestOf) : [];
}

/** Parses valid JSON with every pair of name and value kept, in order. */
function readPairs(text: string): unknown {
  let at = 0;
  const skip = () => {
    while (/\s/.test(text[at] ?? '')) at += 1;
  };
  const readList = (close: string, readItem: () => void) => {
    at += 1;
    for (skip(); text[at] !== close; skip()) {
      readItem();
      skip();
      if (text[at] === ',') at += 1;
    }
    at += 1;
  };
  const readToken = (): unknown => {
    const token = /^(?:"(?:[^"\\]|\\.)*"|[^\s,\]}]+)/s.exec(text.slice(at))?.[0] ?? '';
    at += Math.max(1, token.length);
    return JSON.parse(token);
  };
  const readValue = (): unknown => {
    skip();
    if (text[at] === '[') {
      const items: unknown[] = [];
      readList(']', () => items.push(readValue()));
      return items;
    }
    if (text[at] !== '{') return readToken();
    const pairs: (readonly [string, unknown])[] = [];
    readList('}', () => {
      skip();
      const name = String(readToken());
      skip();
      at += 1;
      pairs.push([name, readValue()]);
    });
    return new JsonObject(pairs);
  };
  return readValue();
}
