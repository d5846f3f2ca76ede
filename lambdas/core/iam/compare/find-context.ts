import type { Work } from '../find-text.ts';
import { findAddress } from './address-values.ts';
import type { CompiledCondition, ConditionTest, ValueSet } from './compile-condition.ts';
import { findTextInSets } from './find-in-sets.ts';
import { findNumber } from './number-values.ts';
import { isSingleValued } from './single-valued-keys.ts';

/** A condition that is to hold, or not to. */
export interface Literal {
  readonly condition: CompiledCondition;
  readonly holds: boolean;
}

export type Possible = 'found' | 'none' | 'open';

/** The set that a value has to be in, or out of, for one literal to come true by this value. */
interface Demand {
  readonly set: ValueSet;
  readonly inside: boolean;
}

/**
 * Whether a request can carry values of one condition key (or none) so that every literal comes true. All literals are about the same key. `none` is proven,
 * `found` is certain as far as the documented meaning of operators goes, `open` is neither.
 */
export function findContext(literals: readonly Literal[], work: Work): Possible {
  work.left -= literals.length;
  if (work.left < 0) return 'open';
  if (literals.some((one) => literals.some((other) => contradicts(one, other)))) return 'none';
  const opaque = literals.filter(({ condition }) => condition.test.kind === 'opaque');
  const known = literals.filter(({ condition }) => condition.test.kind !== 'opaque');
  const possible = either(findAbsent(known), () => findPresent(known, work));
  return possible === 'found' && opaque.length > 0 ? 'open' : possible;
}

function contradicts(one: Literal, other: Literal): boolean {
  return one.holds && !other.holds && one.condition.identity === other.condition.identity;
}

function findAbsent(literals: readonly Literal[]): Possible {
  if (literals.some(({ condition, holds }) => condition.whenAbsent === !holds)) return 'none';
  const open = literals.filter(({ condition }) => condition.whenAbsent === 'open');
  if (open.length === 0) return 'found';
  return open.some((one) => open.some((other) => contradicts(one, other))) ? 'none' : 'open';
}

function findPresent(literals: readonly Literal[], work: Work): Possible {
  const valued: Literal[] = [];
  for (const literal of literals) {
    const { test } = literal.condition;
    if (test.kind !== 'presence') valued.push(literal);
    else if (test.absent.includes(false) !== literal.holds) return 'none';
  }
  if (valued.every(({ condition }) => condition.quantifier !== undefined)) return findList(valued, work);
  return either(findSingle(valued, work), () => findSeveral(valued, work));
}

/** One value: every literal is about it, quantified or not. */
function findSingle(literals: readonly Literal[], work: Work): Possible {
  return findValue(literals.flatMap(toDemand), work);
}

/**
 * Several values, some operators without quantifier: whatever those make of a list (any of it, or all), a smaller set of values does not hold where a larger one
 * fails. Between operators with and without `Not` that says nothing, since they may make different things of it.
 */
function findSeveral(literals: readonly Literal[], work: Work): Possible {
  const [first] = literals;
  if (first !== undefined && isSingleValued(first.condition.key)) return 'none';
  const unquantified = literals.filter(({ condition }) => condition.quantifier === undefined);
  const implied = unquantified.some(
    (one) =>
      one.holds &&
      unquantified.some(
        (other) => !other.holds && isNegated(one) === isNegated(other) && findSingle([one, other], work) === 'none',
      ),
  );
  if (implied) return 'none';
  const quantified = literals.filter(({ condition }) => condition.quantifier !== undefined);
  return findList(quantified, work) === 'none' ? 'none' : 'open';
}

function isNegated({ condition: { test } }: Literal): boolean {
  return test.kind === 'values' && test.negated;
}

/** A list of values: some literals bind each of its values, the others need one of them. */
function findList(literals: readonly Literal[], work: Work): Possible {
  const binding = literals.filter(({ condition, holds }) => (condition.quantifier === 'ForAllValues') === holds);
  const needing = literals.filter(({ condition, holds }) => (condition.quantifier === 'ForAllValues') !== holds);
  const bound = binding.flatMap(toDemand);
  if (needing.length === 0) return findValue(bound, work);
  return needing.map((literal) => findValue([...bound, ...toDemand(literal)], work)).reduce(both, 'found');
}

function toDemand({ condition, holds }: Literal): readonly Demand[] {
  const test: ConditionTest = condition.test;
  return test.kind === 'values' ? [{ set: test.set, inside: holds !== test.negated }] : [];
}

/** A value for all demands. Families read a value in different ways, so each is asked alone: `none` of one is `none`, and together they are open. */
function findValue(demands: readonly Demand[], work: Work): Possible {
  const families = new Set(demands.map(({ set }) => set.family));
  let possible: Possible = families.size > 1 ? 'open' : 'found';
  for (const family of families) {
    possible = both(
      possible,
      findInFamily(
        demands.filter(({ set }) => set.family === family),
        work,
      ),
    );
  }
  return possible;
}

function findInFamily(demands: readonly Demand[], work: Work): Possible {
  const within = demands.flatMap(({ set, inside }) => (inside ? [set] : []));
  const without = demands.flatMap(({ set, inside }) => (inside ? [] : [set]));
  work.left -= demands.length;
  switch (demands[0]?.set.family) {
    case 'text':
      return findTextInSets(within.flatMap(toTexts), without.flatMap(toTexts), work).kind;
    case 'address':
      return findAddress(within.flatMap(toRanges), without.flatMap(toRanges)).kind;
    case 'number':
    case 'date':
      return findNumber(within.flatMap(toBounds), without.flatMap(toBounds)).kind;
    case undefined:
      return 'found';
  }
}

const toTexts = (set: ValueSet) => (set.family === 'text' ? [set.texts] : []);
const toRanges = (set: ValueSet) => (set.family === 'address' ? [set.ranges] : []);
const toBounds = (set: ValueSet) => (set.family === 'number' || set.family === 'date' ? [set.bounds] : []);

function both(one: Possible, other: Possible): Possible {
  if (one === 'none' || other === 'none') return 'none';
  return one === 'open' || other === 'open' ? 'open' : 'found';
}

function either(one: Possible, other: () => Possible): Possible {
  if (one === 'found') return 'found';
  const second = other();
  if (second === 'found') return 'found';
  return one === 'open' || second === 'open' ? 'open' : 'none';
}
