import type { Random } from './mutate/random.ts';

/** What a case is judged with beside its input: JSON, so that a failing input can be written out whole. */
export type Context = Readonly<Record<string, unknown>>;

/** A valid input of one parser or verifier. */
export interface FuzzCase {
  readonly name: string;
  readonly target: string;
  readonly input: Buffer;
  readonly context: Context;
}

/**
 * What came of an input. `says` is all that an acceptance asserts (who signed what), in canonical JSON, and `times` are those that somebody vouches for, where they are told
 * apart: fewer of them say less, another one says something else. A parser asserts nothing, and what it makes of
 * hostile bytes may be anything that its types allow.
 */
export type Outcome =
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'accepted'; readonly says: string; readonly times?: readonly number[] }
  | { readonly kind: 'parsed' };

/** A part of an input that may differ although it is accepted, and why that changes nothing. */
export interface Harmless {
  readonly part: RegExp;
  /** It matters all the same where the accepted input has a part of this name. */
  readonly unless?: RegExp;
  readonly because: string;
}

/** A parser or verifier that reads hostile bytes. */
export interface Target {
  /** How many of a hundred inputs it gets. */
  readonly share: number;
  mutate(good: Buffer, donor: Buffer, random: Random): Buffer;
  /** The judge for the cases of one context. It lets through whatever the code under test throws. */
  open(context: Context): (input: Buffer) => Outcome | Promise<Outcome>;
  /**
   * The parts of an input by name, as text, read here and not by the code under test wherever that is possible: an accepted input must have those of the valid one
   * it was made from, but for those that are harmless. Absent for parsers, and for targets whose cases must never be accepted.
   */
  readonly parts?: (input: Buffer, context: Context) => ReadonlyMap<string, string>;
  readonly harmless?: readonly Harmless[];
  /**
   * Whether the whole of a valid input of the other case is right under this one, too. Without it only where both contexts are the same to the letter: a time stamp, for one,
   * is over one signature and no other.
   */
  readonly takesWhole?: (context: Context, other: Context) => boolean;
}

/** A text of the context. */
export function textOf(context: Context, name: string): string {
  const value = context[name];
  if (typeof value !== 'string') throw new TypeError(`the case has no ${name}`);
  return value;
}

/** Bytes of the context, in base64. */
export function bytesOf(context: Context, name: string): Buffer {
  return Buffer.from(textOf(context, name), 'base64');
}

export function numberOf(context: Context, name: string): number {
  const value = context[name];
  if (typeof value !== 'number') throw new TypeError(`the case has no ${name}`);
  return value;
}

/** A list of bytes of the context, each in base64. */
export function listOf(context: Context, name: string): Buffer[] {
  const value = context[name];
  if (!Array.isArray(value)) throw new TypeError(`the case has no ${name}`);
  return value.map((item: unknown) => Buffer.from(String(item), 'base64'));
}
