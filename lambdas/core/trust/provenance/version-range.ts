/** A version as builders tag their releases: `v2.1.0`. Pre-releases are no versions here: nobody means them by a range. */
type Version = readonly [number, number, number];

interface Comparison {
  readonly operator: '>=' | '>' | '<' | '<=' | '=';
  readonly version: Version;
}

/** All of its comparisons must hold. */
export type VersionRange = readonly Comparison[];

const FULL = /^v?(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/;

/** Reads `v1.2.3` or `1.2.3`; undefined for anything else. */
export function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch] = FULL.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

/** Reads comparisons set apart by spaces, `>=2.0.0 <3.0.0`; a version alone means exactly that one. Undefined where one of them cannot be read. */
export function parseVersionRange(text: string): VersionRange | undefined {
  const comparisons = text.trim().split(/\s+/).map(parseComparison);
  return comparisons.every((one) => one !== undefined) ? comparisons : undefined;
}

function parseComparison(text: string): Comparison | undefined {
  const [, operator = '=', rest = ''] = /^(>=|<=|>|<|=)?(.+)$/.exec(text) ?? [];
  const version = parseVersion(rest);
  if (version === undefined) return undefined;
  switch (operator) {
    case '>=':
    case '>':
    case '<':
    case '<=':
    case '=':
      return { operator, version };
    default:
      return undefined;
  }
}

export function isInRange(version: Version, range: VersionRange): boolean {
  return range.every(({ operator, version: bound }) => HOLDS[operator](compare(version, bound)));
}

const HOLDS: Readonly<Record<Comparison['operator'], (order: number) => boolean>> = {
  '>=': (order) => order >= 0,
  '>': (order) => order > 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '=': (order) => order === 0,
};

function compare(left: Version, right: Version): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}
