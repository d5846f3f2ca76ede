import { type Der, expectTag, readChildren, readDer, readOid, TAG } from '../der.ts';
import { NotationError } from './errors.ts';

/** A distinguished name as attribute type -> value, every type once, no relative name with two attributes. */
export type DistinguishedName = ReadonlyMap<string, string>;

/** Attribute types by object identifier (RFC 4519, RFC 4514 section 3). */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.17', 'POSTALCODE'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
]);

const KNOWN: ReadonlySet<string> = new Set(TYPES.values());
const MANDATORY = ['C', 'ST', 'O'];
const LONGEST = 2048;
const STRING_TAGS: ReadonlySet<number> = new Set([TAG.utf8String, 0x13, 0x16]);

/**
 * Parses the name of an `x509.subject` identity (trust-store-trust-policy.md, Trusted Identities Constraints; RFC 4514). Types are upper case, `S` stands for `ST`;
 * C, ST and O must be there. Attributes of two in one relative name, doubled ones, empty values and unknown types are refused: none could be matched safely.
 */
export function parseIdentityName(text: string): DistinguishedName {
  if (text.length > LONGEST) throw bad('it is too long');
  const name = new Map<string, string>();
  let at = 0;
  do {
    const equals = text.indexOf('=', at);
    if (equals < 0) throw bad('an attribute without a value');
    const written = text.slice(at, equals).trim();
    const value = readValue(text, equals + 1);
    record(name, written === 'S' ? 'ST' : written, value.text);
    at = value.end + 1;
    if (value.end === text.length) break;
  } while (at <= text.length);
  const missing = MANDATORY.find((type) => !name.has(type));
  if (missing !== undefined) throw bad(`it lacks ${missing}; C, ST and O must be there`);
  return name;
}

/** One value up to the unescaped comma; spaces around it do not count unless escaped. */
function readValue(text: string, from: number): { readonly text: string; readonly end: number } {
  const bytes: number[] = [];
  let kept = 0;
  let at = from;
  while (text[at] === ' ') at += 1;
  if (text[at] === '#') throw bad('a value in hexadecimal is not supported');
  for (; at < text.length && text[at] !== ','; at += 1) {
    const point = text.codePointAt(at) ?? 0;
    const character = String.fromCodePoint(point);
    if (character === '+') throw bad('a relative name with two attributes');
    if (';"<>\0'.includes(character)) throw bad(`an unescaped ${JSON.stringify(character)}`);
    if (character === '\\') {
      const escaped = readEscape(text, at);
      bytes.push(escaped.byte);
      at = escaped.end - 1;
      kept = bytes.length;
      continue;
    }
    bytes.push(...Buffer.from(character, 'utf8'));
    if (character !== ' ') kept = bytes.length;
    if (point > 0xffff) at += 1;
  }
  return { text: decodeUtf8(Uint8Array.from(bytes.slice(0, kept))), end: at };
}

function readEscape(text: string, at: number): { readonly byte: number; readonly end: number } {
  const next = text[at + 1] ?? '';
  if (next !== '' && ' "#+,;<=>\\'.includes(next)) return { byte: next.charCodeAt(0), end: at + 2 };
  const pair = text.slice(at + 1, at + 3);
  if (/^[0-9A-Fa-f]{2}$/.test(pair)) return { byte: Number.parseInt(pair, 16), end: at + 3 };
  throw bad('a backslash that escapes nothing');
}

/** The subject of a certificate. Throws `untrusted-identity` for one that cannot be matched: doubled or paired attributes, string types without a clear meaning. */
export function readSubjectName(subject: Uint8Array): DistinguishedName {
  const name = new Map<string, string>();
  for (const relative of readChildren(readDer(subject, TAG.sequence))) {
    const [attribute, ...others] = readChildren(expectTag(relative, TAG.set));
    if (others.length > 0) throw bad('a relative name with two attributes');
    const [type, value] = readChildren(expectTag(attribute, TAG.sequence));
    const oid = readOid(type);
    record(name, TYPES.get(oid) ?? `OID.${oid}`, TYPES.has(oid) ? readString(value) : 'present', true);
  }
  return name;
}

function readString(value: Der | undefined): string {
  if (value === undefined || !STRING_TAGS.has(value.tag)) throw bad('a value of an unsupported string type');
  return decodeUtf8(value.body);
}

function record(name: Map<string, string>, type: string, value: string, ofCertificate = false): void {
  if (!KNOWN.has(type) && !ofCertificate)
    throw bad(`the attribute type ${JSON.stringify(type.slice(0, 40))} is unknown`);
  if (name.has(type)) throw bad(`the attribute ${type} stands twice`);
  if (value === '') throw bad(`the attribute ${type} is empty`);
  name.set(type, value);
}

/** Whether every attribute of `identity` stands in `subject` with the same value, letter by letter. */
export function isSubsetOf(identity: DistinguishedName, subject: DistinguishedName): boolean {
  return [...identity].every(([type, value]) => subject.get(type) === value);
}

/** A name for people. */
export function describeName(name: DistinguishedName): string {
  return [...name].map(([type, value]) => `${type}=${value}`).join(', ');
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new NotationError('untrusted-identity', 'a distinguished name that is not UTF-8', { cause });
  }
}

function bad(message: string): NotationError {
  return new NotationError('untrusted-identity', `the distinguished name: ${message}`);
}
