/** An object with all its pairs of name and value in order, those that stand twice among them: JSON.parse keeps the last of them only. */
export class JsonObject {
  readonly pairs: readonly (readonly [string, unknown])[];
  constructor(pairs: readonly (readonly [string, unknown])[]) {
    this.pairs = pairs;
  }
}

/** The names that stand twice in an object of valid JSON. */
export function listTwins(text: string): readonly string[] {
  return twinsOf(readPairs(text));
}

function twinsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(twinsOf);
  if (!(value instanceof JsonObject)) return [];
  const names = value.pairs.map(([name]) => name);
  const twins = names.filter((name, index) => names.indexOf(name) !== index);
  return [...twins, ...value.pairs.flatMap(([, member]) => twinsOf(member))];
}

/** Parses valid JSON with every pair of name and value kept, in order. */
export function readPairs(text: string): unknown {
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
