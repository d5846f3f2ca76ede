import { compileMatcher, EventPatternError, isPrimitive, type Matcher, type Primitive } from './event-matchers.ts';
import { isRecord } from './json.ts';

export { EventPatternError } from './event-matchers.ts';

/** A compiled event pattern. */
export interface EventPattern {
  matches(event: unknown): boolean;
}

/** What is asked of one field: one of several alternatives of its own value, and of the fields below it. */
interface Field {
  readonly alternatives: readonly Matcher[] | undefined;
  readonly below: Fields;
}
type Fields = ReadonlyMap<string, Field>;

/** EventBridge refuses patterns whose `$or` multiply to more than this (EventBridge user guide, "Complex example with multiple matching"). */
const MOST_COMBINATIONS = 1000;

/**
 * Compiles an EventBridge event pattern as AWS's own rule engine understands it: all fields must match, each with one of its alternatives;
 * fields below an array of objects must match within the same element; `exists: false` asks that the field is nowhere in the event; `anything-but`
 * needs a value. Throws EventPatternError for what PutRule refuses.
 */
export function compilePattern(pattern: unknown): EventPattern {
  if (!isRecord(pattern)) throw new EventPatternError('Filter is not an object');
  const combinations = compileObject(pattern);
  if (combinations.some((fields) => fields.size === 0)) throw new EventPatternError('Empty objects are not allowed');
  return {
    matches: (event) => isRecord(event) && combinations.some((fields) => matchesFields(fields, event, [], event)),
  };
}

/** All ways in which an object pattern can be satisfied: one without `$or`, else one per combination of their branches. */
function compileObject(pattern: Readonly<Record<string, unknown>>): Fields[] {
  if (Object.keys(pattern).length === 0) throw new EventPatternError('Empty objects are not allowed');
  let combinations: Fields[] = [new Map()];
  for (const [name, value] of Object.entries(pattern)) {
    const ways = name === '$or' ? compileOr(value) : compileField(name, value);
    combinations = combinations.flatMap((one) => ways.map((way) => mergeFields(one, way)));
    if (combinations.length > MOST_COMBINATIONS) throw new EventPatternError('Rule is too complex');
  }
  return combinations;
}

function compileField(name: string, value: unknown): Fields[] {
  if (Array.isArray(value)) {
    if (value.length === 0) throw new EventPatternError('Empty arrays are not allowed');
    return [new Map([[name, { alternatives: value.map(compileMatcher), below: new Map() }]])];
  }
  if (!isRecord(value)) throw new EventPatternError(`"${name}" must be an object or an array`);
  return compileObject(value).map((below) => new Map([[name, { alternatives: undefined, below }]]));
}

function compileOr(value: unknown): Fields[] {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isRecord)) {
    throw new EventPatternError('"$or" must be an array of at least two objects');
  }
  return value.flatMap((branch) => compileObject(branch));
}

/**
 * Both at once. Merging field by field, and not matching one after the other, keeps them within the same array elements. Where both ask something of
 * the same value, the later one in the pattern stands: so does the rule engine with a field that is named outside of `$or` and within.
 */
function mergeFields(earlier: Fields, later: Fields): Fields {
  const merged = new Map(earlier);
  for (const [name, field] of later) {
    const known = merged.get(name);
    merged.set(name, {
      alternatives: field.alternatives ?? known?.alternatives,
      below: known === undefined ? field.below : mergeFields(known.below, field.below),
    });
  }
  return merged;
}

function matchesFields(fields: Fields, node: unknown, path: readonly string[], event: unknown): boolean {
  if (Array.isArray(node) && node.length > 0) {
    return node.some((element) => matchesFields(fields, element, path, event));
  }
  const object = isRecord(node) ? node : {};
  for (const [name, { alternatives, below }] of fields) {
    const child = Object.hasOwn(object, name) ? object[name] : undefined;
    const childPath = [...path, name];
    if (alternatives !== undefined && !matchesLeaf(alternatives, child, childPath, event)) return false;
    if (below.size > 0 && !matchesFields(below, child, childPath, event)) return false;
  }
  return true;
}

function matchesLeaf(
  alternatives: readonly Matcher[],
  node: unknown,
  path: readonly string[],
  event: unknown,
): boolean {
  const values = primitivesIn(node);
  return alternatives.some((matcher) =>
    matcher.kind === 'absent' ? !hasValueAt(event, path) : values.some((value) => matcher.test(value)),
  );
}

/** The values of a leaf: itself, or those in its (nested) arrays. An object is not a leaf. */
function primitivesIn(node: unknown): Primitive[] {
  if (Array.isArray(node)) return node.flatMap(primitivesIn);
  return isPrimitive(node) ? [node] : [];
}

/** Tells whether any value stands at `path`, in whatever elements of the arrays on the way. */
function hasValueAt(node: unknown, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return primitivesIn(node).length > 0;
  if (Array.isArray(node)) return node.some((element) => hasValueAt(element, path));
  return isRecord(node) && Object.hasOwn(node, name) && hasValueAt(node[name], rest);
}
