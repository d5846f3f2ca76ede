/** A small generator of pseudo-random numbers (mulberry32): the same seed, the same mutations on every machine. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export interface Mutation {
  readonly bytes: Buffer;
  /** Where it changed: path of the member, array positions left out; `(text)` for a change of the text itself. */
  readonly place: string;
  readonly kind: string;
}

interface Place {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/**
 * Changes one thing about a bundle, of the kinds an attacker would: a bit in a signature, a member left out or doubled, the same part of another bundle,
 * a number, the log entry or certificate inside the base64, or the text itself.
 */
export function mutateBundle(bundle: Buffer, others: readonly Buffer[], random: (below: number) => number): Mutation {
  if (random(8) === 0) return { bytes: mutateText(bundle, random), place: '(text)', kind: 'text' };
  const json: unknown = JSON.parse(bundle.toString());
  const places = listPlaces(json, []);
  const place = places[random(places.length)];
  if (place === undefined) return { bytes: mutateText(bundle, random), place: '(text)', kind: 'text' };
  const donor: unknown = JSON.parse(others[random(others.length)]?.toString() ?? 'null');
  const [kind, value] = mutateValue(place, donor, random);
  return {
    bytes: Buffer.from(JSON.stringify(replaceAt(json, place.path, value)) ?? 'null'),
    place: place.path.filter((step) => typeof step === 'string').join('.'),
    kind,
  };
}

function listPlaces(value: unknown, path: readonly (string | number)[]): readonly Place[] {
  const here = path.length === 0 ? [] : [{ path, value }];
  if (Array.isArray(value)) return [...here, ...value.flatMap((item, index) => listPlaces(item, [...path, index]))];
  if (typeof value !== 'object' || value === null) return here;
  return [...here, ...Object.entries(value).flatMap(([name, member]) => listPlaces(member, [...path, name]))];
}

const REMOVED = Symbol('removed');

function mutateValue({ path, value }: Place, donor: unknown, random: (below: number) => number): [string, unknown] {
  switch (random(10)) {
    case 0:
      return ['removed', REMOVED];
    case 1: {
      const taken = readAt(donor, path);
      return taken === undefined ? ['null', null] : ['transplanted', taken];
    }
    case 2:
      return ['wrong type', typeof value === 'string' ? 7 : ''];
    case 3:
      if (Array.isArray(value)) return ['doubled', [...value, ...value]];
  }
  if (typeof value === 'string') return mutateString(value, random);
  if (Array.isArray(value)) return ['reversed or emptied', random(2) === 0 ? [] : value.toReversed().slice(1)];
  return ['emptied', {}];
}

function mutateString(text: string, random: (below: number) => number): [string, unknown] {
  if (/^\d{1,19}$/.test(text)) return ['number', String(BigInt(text) + BigInt([1, -1, 3600, 86_400][random(4)] ?? 1))];
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < 16 || bytes.toString('base64') !== text) {
    return ['characters', mutateText(Buffer.from(text), random).toString()];
  }
  switch (random(4)) {
    case 0: {
      const at = random(text.length);
      return ['base64 text', `${text.slice(0, at)}${['\n', ' ', '=', '-', 'A'][random(5)]}${text.slice(at)}`];
    }
    case 1:
      return ['cut', bytes.subarray(0, random(bytes.length)).toString('base64')];
    case 2:
      return ['lengthened', Buffer.concat([bytes, Buffer.from([random(256)])]).toString('base64')];
    default:
      return ['bits', mutateText(bytes, random).toString('base64')];
  }
}

function mutateText(bytes: Buffer, random: (below: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  const at = random(Math.max(1, copy.length));
  switch (random(4)) {
    case 0:
      copy[at] = (copy[at] ?? 0) ^ (1 << random(8));
      return copy;
    case 1:
      copy[at] = random(256);
      return copy;
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + random(4))]);
    default:
      return Buffer.concat([copy.subarray(0, at), Buffer.from([random(256)]), copy.subarray(at)]);
  }
}

function readAt(value: unknown, [step, ...rest]: readonly (string | number)[]): unknown {
  if (step === undefined) return value;
  return typeof value === 'object' && value !== null ? readAt(Reflect.get(value, step), rest) : undefined;
}

function replaceAt(value: unknown, [step, ...rest]: readonly (string | number)[], replacement: unknown): unknown {
  if (step === undefined) return replacement;
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => {
      if (index !== step) return [item];
      const next = replaceAt(item, rest, replacement);
      return next === REMOVED ? [] : [next];
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      if (name !== step) return [[name, member]];
      const next = replaceAt(member, rest, replacement);
      return next === REMOVED ? [] : [[name, next]];
    }),
  );
}
