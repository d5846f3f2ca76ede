import { mutateBytes } from './bytes.ts';
import { mutateDer } from './der.ts';
import { pick, type Random } from './random.ts';

type Path = readonly (string | number)[];

/** Written in the place of a value: JSON text as it stands, which may be no JSON at all. */
class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
const REMOVED = Symbol('removed');

/**
 * Changes one thing about a JSON document: a member left out, doubled, renamed or taken from the same place of another document; values exchanged, nested,
 * retyped; numbers moved; base64 respelt; and what stands inside base64, PEM or a text (JSON, DER, bytes) by the same means. Bytes that are no JSON are mutated
 * as bytes, and now and then so is a document.
 */
export function mutateJson(good: Buffer, donor: Buffer, random: Random, depth = 0): Buffer {
  const json = tryParse(good);
  if (json === undefined || random(8) === 0) return mutateBytes(good, donor, random);
  const places = listPlaces(json, []);
  const path = places[random(places.length)] ?? [];
  const other = tryParse(donor);
  const changed = changeAt(json, path, (value) => mutateValue(value, { path, json, places, other, random, depth }));
  return Buffer.from(write(changed === REMOVED ? null : changed));
}

function tryParse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function listPlaces(value: unknown, path: Path): readonly Path[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((item, index) => listPlaces(item, [...path, index]))];
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => listPlaces(member, [...path, name]))];
}

interface Place {
  readonly path: Path;
  readonly json: unknown;
  readonly places: readonly Path[];
  readonly other: unknown;
  readonly random: Random;
  readonly depth: number;
}

function mutateValue(value: unknown, place: Place): unknown {
  const { path, json, places, other, random } = place;
  switch (random(16)) {
    case 0:
      return path.length === 0 ? null : REMOVED;
    case 1:
    case 2:
      return readAt(other, path) ?? null;
    case 3:
      return readAt(json, places[random(places.length)] ?? []);
    case 4:
      return pick([null, 0, '', [], {}, true, 'null', -1, new Raw('1e999'), new Raw('-0')], random);
    case 5:
      return nest(value, 1 + random(random(8) === 0 ? 400 : 3), random);
    case 6:
      if (typeof value === 'object' && value !== null) return mutateMembers(value, random);
      break;
    case 7:
      if (Array.isArray(value)) return pick([[...value, ...value], value.toReversed(), value.slice(1), []], random);
      break;
    case 8:
      return new Raw(`${write(value)}${pick([' ', '\n', '\t', '\ufeff', '\u00a0', ','], random)}`);
  }
  if (typeof value === 'string') return mutateString(value, place);
  if (typeof value === 'number') return mutateNumber(value, random);
  if (typeof value === 'boolean') return !value;
  if (value === null) return pick<unknown>([{}, [], '', 0], random);
  return typeof value === 'object' ? mutateMembers(value, random) : value;
}

/** Names that mean something to JavaScript, and names that a careless reader takes for another. */
const NAMES: readonly [string, ...string[]] = ['__proto__', 'constructor', 'toString', 'length', '', 'then'];

function mutateMembers(value: object, random: Random): unknown {
  if (Array.isArray(value)) {
    const at = random(value.length + 1);
    return pick(
      [
        [...value.slice(0, at), value[0] ?? null, ...value.slice(at)],
        value.toSorted((one, other) => (write(one) < write(other) ? -1 : 1)),
        [value],
      ],
      random,
    );
  }
  const members = Object.entries(value);
  const [name, member] = members[random(members.length)] ?? ['', null];
  const text = members.map(([key, one]) => `${JSON.stringify(key)}:${write(one)}`).join(',');
  const comma = text === '' ? '' : ',';
  switch (random(5)) {
    case 0:
      return new Raw(`{${text}${comma}${JSON.stringify(name)}:${write(pick([member, null, {}, 'x'], random))}}`);
    case 1: {
      const escaped = [...name]
        .map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join('');
      return new Raw(`{"${escaped}":${write(pick([member, null, 'x'], random))}${comma}${text}}`);
    }
    case 2:
      return new Raw(`{${text}${comma}${JSON.stringify(pick(NAMES, random))}:${write(pick([member, {}, 1], random))}}`);
    case 3:
      return Object.fromEntries(members.map(([key, one]) => [key === name ? respell(key, random) : key, one]));
    default:
      return Object.fromEntries(members.toReversed());
  }
}

function respell(text: string, random: Random): string {
  return pick(
    [text.toUpperCase(), text.toLowerCase(), `${text} `, `${text}\u0000`, text.replace(/[ai]/, 'і'), text.slice(1)],
    random,
  );
}

function mutateNumber(value: number, random: Random): unknown {
  const moves = [value + 1, value - 1, -value, value * 1000, 0, 2 ** 53, String(value), value + 0.5, new Raw('1e308')];
  return moves[random(moves.length)];
}

function mutateString(text: string, place: Place): unknown {
  const { random } = place;
  if (/^\d{1,19}$/.test(text)) return mutateDigits(text, random);
  const decoded = Buffer.from(text, 'base64');
  if (text.length > 15 && decoded.toString('base64') === text) return mutateBase64(text, decoded, place);
  if (place.depth < 3 && (text.startsWith('{') || text.startsWith('['))) {
    return mutateJson(Buffer.from(text), otherText(place), random, place.depth + 1).toString();
  }
  const pem = /^(-----BEGIN [A-Z ]+-----)([A-Za-z0-9+/=\s]+)(-----END [A-Z ]+-----[\s\S]*)$/.exec(text);
  if (pem !== null && random(4) > 0) {
    const der = Buffer.from(pem[2] ?? '', 'base64');
    return `${pem[1]}\n${mutateDer(der, der, random).toString('base64')}\n${pem[3]}`;
  }
  switch (random(6)) {
    case 0:
      return respell(text, random);
    case 1:
      return text + pick(['*', '/../', '\n', '\u202e', '@evil.example', '\ud800', 'A'.repeat(70_000)], random);
    case 2:
      return text.slice(0, random(text.length));
    default:
      return mutateBytes(Buffer.from(text), Buffer.from(text), random).toString();
  }
}

function mutateDigits(text: string, random: Random): unknown {
  const moves = [1n, -1n, 3600n, 86_400n, -BigInt(text), BigInt(text), 1n << 63n];
  const moved = String(BigInt(text) + (moves[random(moves.length)] ?? 1n));
  return pick([moved, moved, moved, `0${text}`, `${text}.0`, `+${text}`, Number(text)], random);
}

function mutateBase64(text: string, decoded: Buffer, place: Place): string {
  const { random, depth } = place;
  if (random(4) === 0) {
    const at = random(text.length);
    return pick(
      [
        `${text.slice(0, at)}${pick(['\n', ' ', '=', '-', '_', 'A'], random)}${text.slice(at)}`,
        text.replaceAll('+', '-').replaceAll('/', '_'),
        text.replace(/=+$/, ''),
        decoded.toString('hex'),
        // The last character before the padding has bits that spell nothing.
        text.replace(/[A-Za-z](?==+$)/, (last) => String.fromCharCode(last.charCodeAt(0) + 1)),
      ],
      random,
    );
  }
  const other = Buffer.from(otherText(place).toString(), 'base64');
  const donor = other.length === 0 ? decoded : other;
  if (depth < 3 && decoded[0] === 0x7b) return mutateJson(decoded, donor, random, depth + 1).toString('base64');
  if (decoded[0] === 0x30) return mutateDer(decoded, donor, random).toString('base64');
  const inner = decoded.toString();
  if (inner.startsWith('-----BEGIN')) return Buffer.from(String(mutateString(inner, place))).toString('base64');
  return mutateBytes(decoded, donor, random).toString('base64');
}

function otherText({ other, path }: Place): Buffer {
  const taken = readAt(other, path);
  return Buffer.from(typeof taken === 'string' ? taken : '');
}

function nest(value: unknown, levels: number, random: Random): Raw {
  const [open, close] = pick<readonly [string, string]>(
    [
      ['[', ']'],
      ['{"a":', '}'],
    ],
    random,
  );
  return new Raw(`${open.repeat(levels)}${write(value)}${close.repeat(levels)}`);
}

function readAt(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return value;
  return typeof value === 'object' && value !== null ? readAt(Reflect.get(value, step), rest) : undefined;
}

function changeAt(value: unknown, [step, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (step === undefined) return change(value);
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => {
      const next = index === step ? changeAt(item, rest, change) : item;
      return next === REMOVED ? [] : [next];
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const next: unknown = name === step ? changeAt(member, rest, change) : member;
      return next === REMOVED ? [] : [[name, next]];
    }),
  );
}

/** JSON text, with raw parts as they stand. */
function write(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => write(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`)
    .join(',')}}`;
}
