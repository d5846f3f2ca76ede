import { SignatureError } from './errors.ts';

/** One DER element (ITU-T X.690): its tag octet, its content and its whole encoding. Both are views on the bytes that were read, made when asked for. */
export class Der {
  readonly tag: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #content: number;
  readonly #end: number;

  constructor(tag: number, bytes: Uint8Array, start: number, content: number, end: number) {
    this.tag = tag;
    this.#bytes = bytes;
    this.#start = start;
    this.#content = content;
    this.#end = end;
  }

  get body(): Uint8Array {
    return this.#bytes.subarray(this.#content, this.#end);
  }

  get whole(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Octets of the whole encoding. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** The elements inside, `most` at most. */
  readChildren(most: number): readonly Der[] {
    const children: Der[] = [];
    for (let at = this.#content; at < this.#end; ) {
      const child = readAt(this.#bytes, at, this.#end);
      children.push(child);
      if (children.length > most) throw malformed('too many elements');
      at += child.size;
    }
    return children;
  }
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Most elements that one container may hold; certificates and time stamps stay far below. */
const MOST_CHILDREN = 4096;

/** Reads exactly one element that fills `bytes`. Only definite, minimal lengths and low tag numbers are accepted. Throws `malformed`. */
export function readDer(bytes: Uint8Array, expectedTag?: number): Der {
  const element = readAt(bytes, 0, bytes.length);
  if (element.size !== bytes.length) throw malformed('bytes after the end of an element');
  if (expectedTag !== undefined) expectTag(element, expectedTag);
  return element;
}

/** The elements inside a constructed element. */
export function readChildren(element: Der): readonly Der[] {
  return element.readChildren(MOST_CHILDREN);
}

/** The elements that stand one after another in `bytes`, one by one and without a bound of their number: for lists that are long by nature (CRLs), whose size the caller bounds. */
export function* walkSequence(bytes: Uint8Array): Generator<Der> {
  for (let at = 0; at < bytes.length; ) {
    const child = readAt(bytes, at, bytes.length);
    yield child;
    at += child.size;
  }
}

/** Reads the element at `at` inside a container that ends at `limit`. */
function readAt(bytes: Uint8Array, at: number, limit: number): Der {
  const tag = byteAt(bytes, at, limit);
  if ((tag & 0x1f) === 0x1f) throw malformed('a tag number above 30');
  let length = byteAt(bytes, at + 1, limit);
  let content = at + 2;
  if (length > 0x7f) {
    const octets = length & 0x7f;
    if (octets === 0 || octets > 4) throw malformed('an indefinite or oversized length');
    length = 0;
    for (let index = 0; index < octets; index += 1) length = length * 256 + byteAt(bytes, content + index, limit);
    if (length < 0x80 || length < 256 ** (octets - 1)) throw malformed('a length that is not minimal');
    content += octets;
  }
  const end = content + length;
  if (end > limit) throw malformed('an element longer than its container');
  return new Der(tag, bytes, at, content, end);
}

function byteAt(bytes: Uint8Array, at: number, limit: number): number {
  const byte = at < limit ? bytes[at] : undefined;
  if (byte === undefined) throw malformed('the end of the data inside an element');
  return byte;
}

/** Refuses an element that does not have the tag. Returns it otherwise. */
export function expectTag(element: Der | undefined, tag: number): Der {
  if (element?.tag !== tag) {
    throw malformed(`tag ${element?.tag.toString(16) ?? 'nothing'} where ${tag.toString(16)} belongs`);
  }
  return element;
}

/** An object identifier in dotted form. */
export function readOid(element: Der | undefined): string {
  const { body } = expectTag(element, TAG.oid);
  let text = '';
  let value = 0;
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index] ?? 0;
    if (value === 0 && byte === 0x80) throw malformed('an object identifier that is not minimal');
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 256) throw malformed('an object identifier too large');
    if ((byte & 0x80) !== 0) {
      if (index === body.length - 1) throw malformed('an object identifier cut short');
      continue;
    }
    if (text === '') {
      const root = Math.min(2, Math.floor(value / 40));
      text = `${root}.${value - root * 40}`;
    } else {
      text += `.${value}`;
    }
    value = 0;
  }
  if (text === '') throw malformed('an empty object identifier');
  return text;
}

/** UTCTime or GeneralizedTime in the forms RFC 5280 section 4.1.2.5 and RFC 3161 allow, as Unix milliseconds. */
export function readTime(element: Der | undefined): number {
  const text = Buffer.from(element?.body ?? []).toString('latin1');
  const match =
    element?.tag === TAG.utcTime
      ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})()Z$/.exec(text)
      : element?.tag === TAG.generalizedTime
        ? /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\.\d{1,9})?Z$/.exec(text)
        : null;
  if (match === null) throw malformed('a time in an unexpected form');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const fullYear = element?.tag === TAG.utcTime ? year + (year < 50 ? 2000 : 1900) : year;
  const fraction = Math.floor(Number(`0${match[7] ?? ''}`) * 1000);
  const time = Date.UTC(fullYear, month - 1, day, hour, minute, second, fraction);
  const read = new Date(time);
  // Date.UTC takes a year below 100 for one of the last century.
  if (
    read.getUTCFullYear() !== fullYear ||
    read.getUTCMonth() !== month - 1 ||
    read.getUTCDate() !== day ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  ) {
    throw malformed('a time that does not exist');
  }
  return time;
}

/** A BOOLEAN: of its 256 encodings DER has two (X.690 sections 8.2 and 11.1). */
export function readBoolean(element: Der | undefined): boolean {
  const { body } = expectTag(element, TAG.boolean);
  if (body.length !== 1 || (body[0] !== 0 && body[0] !== 0xff))
    throw malformed('a boolean that is neither true nor false');
  return body[0] === 0xff;
}

/** The octets of a BIT STRING without unused bits. */
export function readBitString(element: Der | undefined): Uint8Array {
  const { body } = expectTag(element, TAG.bitString);
  if (body[0] !== 0) throw malformed('a bit string with unused bits');
  return body.subarray(1);
}

/** Encodes one element. */
export function encodeDer(tag: number, body: Uint8Array): Uint8Array {
  const octets: number[] = [];
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  const length = body.length < 0x80 ? [body.length] : [0x80 | octets.length, ...octets];
  return Buffer.concat([Uint8Array.of(tag, ...length), body]);
}

function malformed(what: string): SignatureError {
  return new SignatureError('malformed', `DER: ${what}`);
}
