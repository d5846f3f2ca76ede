/** A writer of DER (ITU-T X.690), just the types that certificates and timestamps need. Every function returns one complete encoded element. */

function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), encodeLength(body.length), body]);
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.from([0x80 + digits.length, ...digits]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => element(0x30, ...parts);
export const octetString = (bytes: Uint8Array): Buffer => element(0x04, bytes);
export const bitString = (bytes: Uint8Array, unusedBits = 0): Buffer => element(0x03, Buffer.from([unusedBits]), bytes);
export const utf8String = (text: string): Buffer => element(0x0c, Buffer.from(text, 'utf8'));
export const boolean = (value: boolean): Buffer => element(0x01, Buffer.from([value ? 0xff : 0]));
/** A context-specific tag around other elements, or with `primitive` around raw bytes. */
export const tagged = (number: number, ...parts: readonly Uint8Array[]): Buffer => element(0xa0 + number, ...parts);
export const taggedPrimitive = (number: number, bytes: Uint8Array): Buffer => element(0x80 + number, bytes);

/** SET OF: DER orders the elements by their encoding. */
export function setOf(...parts: readonly Uint8Array[]): Buffer {
  return element(0x31, ...[...parts].sort((a, b) => Buffer.compare(a, b)));
}

/** A non-negative INTEGER from a number or from its big-endian bytes. */
export function integer(value: number | Uint8Array): Buffer {
  let bytes = typeof value === 'number' ? bigEndian(value) : Buffer.from(value);
  while (bytes.length > 1 && bytes[0] === 0) bytes = bytes.subarray(1);
  if (((bytes[0] ?? 0) & 0x80) !== 0) bytes = Buffer.concat([Buffer.from([0]), bytes]);
  return element(0x02, bytes);
}

function bigEndian(value: number): Buffer {
  const digits = value.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
}

/** An OBJECT IDENTIFIER in dotted form. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(0x80 + (left % 128));
    return digits;
  });
  return element(0x06, Buffer.from(bytes));
}

/** X.509 Time (RFC 5280 section 4.1.2.5): UTCTime up to 2049, GeneralizedTime afterwards. Whole seconds. */
export function time(milliseconds: number): Buffer {
  const text = compactTime(milliseconds);
  const year = Number(text.slice(0, 4));
  return year >= 1950 && year < 2050 ? utcTime(milliseconds) : generalizedTime(milliseconds);
}

export const utcTime = (milliseconds: number): Buffer => element(0x17, Buffer.from(compactTime(milliseconds).slice(2)));
export const generalizedTime = (milliseconds: number): Buffer => element(0x18, Buffer.from(compactTime(milliseconds)));

function compactTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
}
