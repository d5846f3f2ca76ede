import type { Condition, Statement } from '../policy-document.ts';

/**
 * The values that a condition key is held to where a statement allows: those of a positive string or ARN operator of the statement itself, or of a
 * `Deny` whose only condition is that the key is anything else. Undefined: the key is not held to anything. `IfExists` and `ForAllValues` hold nothing,
 * for they are true where the key is absent (IAM User Guide, "Condition operators", "Multivalued context keys").
 */
export function findPinnedValues(
  key: string,
  statement: Statement,
  denials: readonly Statement[] = [],
): readonly string[] | undefined {
  const wanted = key.toLowerCase();
  const inside = statement.conditions.filter(
    (one) => one.key === wanted && POSITIVE.has(one.operator) && isBinding(one),
  );
  if (inside.length > 0) return shortest(inside);
  const outside = denials.flatMap(({ conditions }) => (conditions.length === 1 ? conditions : []));
  return shortest(outside.filter((one) => one.key === wanted && NEGATIVE.has(one.operator) && isBinding(one)));
}

const POSITIVE: ReadonlySet<string> = new Set([
  'stringequals',
  'stringequalsignorecase',
  'stringlike',
  'arnequals',
  'arnlike',
]);
const NEGATIVE: ReadonlySet<string> = new Set([
  'stringnotequals',
  'stringnotequalsignorecase',
  'stringnotlike',
  'arnnotequals',
  'arnnotlike',
]);

function isBinding({ ifExists, quantifier }: Condition): boolean {
  return !ifExists && quantifier !== 'ForAllValues';
}

/** All of them must hold: the one with the fewest alternatives is as good as any to judge. */
function shortest(conditions: readonly Condition[]): readonly string[] | undefined {
  return conditions.map(literalValues).toSorted((one, other) => one.length - other.length)[0];
}

/** `*` and `?` are letters to the operators that compare whole strings. */
function literalValues({ operator, values }: Condition): readonly string[] {
  return operator.startsWith('stringequals') || operator.startsWith('stringnotequals')
    ? values.map((value) => value.replaceAll(/[*?]/g, LITERAL_WILDCARD))
    : values;
}

/** Stands for a `*` or `?` that is no wildcard, and which no claim of an issuer contains. */
const LITERAL_WILDCARD = '\u0001';

/** The part of a value in front of its first wildcard; `exact` when there is none. */
export function readPrefix(value: string): { readonly prefix: string; readonly exact: boolean } {
  const wildcard = value.search(/[*?]/);
  return wildcard < 0 ? { prefix: value, exact: true } : { prefix: value.slice(0, wildcard), exact: false };
}
