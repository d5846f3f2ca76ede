import { SignatureError } from './errors.ts';

/*
 * Reads parsed JSON field by field. The formats that every verification meets are read by these few functions and not by a schema library: loading one and
 * building its schemas takes longer than a verdict. `at` names the place for the error, which is always `malformed`.
 */

/** An object of JSON; a field that is not there reads as undefined. */
export type Fields = Readonly<Record<string, unknown>>;

export function readFields(value: unknown, at: string): Fields {
  if (!isFields(value)) throw misfit(at, 'an object');
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text of `least` to `most` UTF-16 units. */
export function readText(value: unknown, at: string, most: number, least = 0): string {
  if (typeof value !== 'string') throw misfit(at, 'a text');
  if (value.length > most) throw misfit(at, `a text of at most ${most} characters`);
  if (value.length < least) throw misfit(at, `a text of at least ${least} characters`);
  return value;
}

export function readMatch(value: unknown, at: string, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw misfit(at, `a text like ${pattern.source}`);
  return value;
}

/** A whole number from zero on that JavaScript holds exactly. */
export function readCount(value: unknown, at: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw misfit(at, 'a whole number');
  return value;
}

/** A list of `least` to `most` items. The items are not looked at before their number has been. */
export function readList<T>(
  value: unknown,
  at: string,
  readItem: (item: unknown, at: string) => T,
  { most, least = 0 }: { readonly most: number; readonly least?: number },
): readonly T[] {
  if (!Array.isArray(value)) throw misfit(at, 'a list');
  const items: readonly unknown[] = value;
  if (items.length > most || items.length < least) throw misfit(at, `a list of ${least} to ${most}`);
  return items.map((item) => readItem(item, at));
}

/** A field that may be left out; null is not leaving it out. */
export function readOptional<T>(value: unknown, at: string, read: (value: unknown, at: string) => T): T | undefined {
  return value === undefined ? undefined : read(value, at);
}

/** A field that may be left out or null, as some encoders of protobuf write what is not there. */
export function readNullish<T>(value: unknown, at: string, read: (value: unknown, at: string) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value, at);
}

function misfit(at: string, wanted: string): SignatureError {
  return new SignatureError('malformed', `${at}: not ${wanted}`);
}
