import { compileMatcher, EventPatternError, isPrimitive, type Matcher, type Primitive } from './event-matchers.ts';
import { isRecord } from './json.ts';

export { EventPatternError } from './event-matchers.ts';

/** A compiled event pattern. */
export interface EventPattern {
  matches(event: unknown): boolean;
}

/** What is asked of each field, by the names on the way to it joined with dots: one of several alternatives. */
type Fields = ReadonlyMap<string, readonly Matcher[]>;

/** Which element of each array on its way a value stands in, by the number of the array in the event. */
type Membership = ReadonlyMap<number, number>;

/** A value of the event and where it stands in the arrays around it. */
interface Value {
  readonly value: Primitive;
  readonly within: Membership;
}
type Values = ReadonlyMap<string, readonly Value[]>;

/** EventBridge refuses patterns whose `$or` multiply to more than this (EventBridge user guide, "Complex example with multiple matching"). */
const MOST_COMBINATIONS = 1000;

/**
 * Compiles an EventBridge event pattern as AWS's own rule engine (event-ruler) understands it: all fields must match, each with one of its
 * alternatives; values below the same array must stand in the same element; `anything-but` needs a value. Fields are looked at in the order of their
 * names, and `exists: false` asks that the field is not where the fields before it were found: so it may stand in another element of an array.
 * Throws EventPatternError for what PutRule refuses.
 */
export function compilePattern(pattern: unknown): EventPattern {
  if (!isRecord(pattern)) throw new EventPatternError('Filter is not an object');
  const combinations = compileObject(pattern, '').map((fields) => [...fields].sort(byName));
  if (combinations.some((fields) => fields.length === 0)) throw new EventPatternError('Empty objects are not allowed');
  return {
    matches: (event) => {
      if (!isRecord(event)) return false;
      const values = readValues(event);
      return combinations.some((fields) => matchesFields(fields, values, new Map()));
    },
  };
}

/** All ways in which an object pattern can be satisfied: one without `$or`, else one per combination of their branches. */
function compileObject(pattern: Readonly<Record<string, unknown>>, prefix: string): Fields[] {
  if (Object.keys(pattern).length === 0) throw new EventPatternError('Empty objects are not allowed');
  let combinations: Fields[] = [new Map()];
  for (const [name, value] of Object.entries(pattern)) {
    const ways = name === '$or' ? compileOr(value, prefix) : compileField(prefix + name, value);
    // Where both ask something of the same value, the later one in the pattern stands: so the rule engine has it, also between `$or` and outside of it.
    combinations = combinations.flatMap((one) => ways.map((way) => new Map([...one, ...way])));
    if (combinations.length > MOST_COMBINATIONS) throw new EventPatternError('Rule is too complex');
  }
  return combinations;
}

function compileField(path: string, value: unknown): Fields[] {
  if (Array.isArray(value)) {
    if (value.length === 0) throw new EventPatternError('Empty arrays are not allowed');
    return [new Map([[path, value.map(compileMatcher)]])];
  }
  if (!isRecord(value)) throw new EventPatternError(`"${path}" must be an object or an array`);
  return compileObject(value, `${path}.`);
}

function compileOr(value: unknown, prefix: string): Fields[] {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isRecord)) {
    throw new EventPatternError('"$or" must be an array of at least two objects');
  }
  return value.flatMap((branch) => compileObject(branch, prefix));
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** Every value of the event by the path to it. Empty objects and arrays have none. */
function readValues(event: Readonly<Record<string, unknown>>): Values {
  const values = new Map<string, Value[]>();
  let arrays = 0;
  const read = (node: unknown, path: string, within: Membership): void => {
    if (Array.isArray(node)) {
      const array = arrays++;
      for (const [index, element] of node.entries()) {
        // A bare value in an array is one of several values of the field, whichever element matched elsewhere.
        read(element, path, isRecord(element) ? new Map([...within, [array, index]]) : within);
      }
    } else if (isRecord(node)) {
      for (const [name, child] of Object.entries(node)) read(child, path === '' ? name : `${path}.${name}`, within);
    } else if (isPrimitive(node)) {
      values.set(path, [...(values.get(path) ?? []), { value: node, within }]);
    }
  };
  read(event, '', new Map());
  return values;
}

/** Tells whether the fields that are left match, given where in the arrays those before them were found. */
function matchesFields(
  fields: readonly (readonly [string, readonly Matcher[]])[],
  values: Values,
  found: Membership,
): boolean {
  const [field, ...rest] = fields;
  if (field === undefined) return true;
  const [path, alternatives] = field;
  const reachable = (values.get(path) ?? []).filter(({ within }) => isConsistent(found, within));
  if (reachable.length === 0) {
    return alternatives.some(({ kind }) => kind === 'absent') && matchesFields(rest, values, found);
  }
  return reachable.some(
    ({ value, within }) =>
      alternatives.some((matcher) => matcher.kind !== 'absent' && matcher.test(value)) &&
      matchesFields(rest, values, new Map([...found, ...within])),
  );
}

function isConsistent(found: Membership, within: Membership): boolean {
  return [...within].every(([array, index]) => (found.get(array) ?? index) === index);
}
