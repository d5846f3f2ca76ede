import type { Search } from '../find-text.ts';

/** One side of an order: numbers as they are, dates in milliseconds since 1970. */
export interface Bound {
  readonly relation: '=' | '<' | '<=' | '>' | '>=';
  readonly value: number;
}

/** Values that one of the bounds takes. */
export type NumberSet = readonly Bound[];

/**
 * Searches a value in every set of `within` and none of `without`. Between two neighbouring bounds all values are alike, so one of each stretch is tried, and
 * one that is no number at all, which is in no set.
 */
export function findNumber(within: readonly NumberSet[], without: readonly NumberSet[]): Search<string> {
  const bounds = [...new Set([...within, ...without].flat().map(({ value }) => value))].sort(
    (one, other) => one - other,
  );
  const stretches = bounds.flatMap((bound, at) => [bound, (bound + (bounds[at + 1] ?? bound + 2)) / 2]);
  for (const value of [...stretches, (bounds[0] ?? 1) - 1, Number.NaN]) {
    if (within.every((set) => holds(set, value)) && !without.some((set) => holds(set, value))) {
      return { kind: 'found', example: Number.isNaN(value) ? 'no number' : String(value) };
    }
  }
  return { kind: 'none' };
}

function holds(set: NumberSet, value: number): boolean {
  return set.some((bound) => {
    if (value === bound.value) return bound.relation.includes('=');
    if (value < bound.value) return bound.relation.startsWith('<');
    return value > bound.value && bound.relation.startsWith('>');
  });
}

/** A decimal number short enough to be held exactly apart from its neighbours, or undefined. */
export function readNumber(text: string): number | undefined {
  return /^-?\d{1,12}(?:\.\d{1,3})?$/.test(text) ? Number(text) : undefined;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?(?:Z|([+-])(\d\d):?(\d\d)))?$/;

/** A date of ISO 8601 with its zone (or a day, from its midnight in UTC) or seconds since 1970, in milliseconds; undefined where it has no certain reading. */
export function readDate(text: string): number | undefined {
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1000;
  const [
    ,
    year,
    month,
    day,
    hour = '0',
    minute = '0',
    second = '0',
    fraction = '',
    sign,
    zoneHour = '0',
    zoneMinute = '0',
  ] = DATE.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const parts = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const [y, m, d, h, min, s] = parts;
  const date = new Date(Date.UTC(y, m, d, h, min, s, Number(fraction.padEnd(3, '0'))));
  const read = [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
  if (parts.some((part, at) => part !== read[at])) return undefined;
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000;
  return date.getTime() - (sign === '-' ? -zone : zone);
}
