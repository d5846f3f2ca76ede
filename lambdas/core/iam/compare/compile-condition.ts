import type { Condition } from '../policy-document.ts';
import { lowerAscii, readPattern } from '../text-pattern.ts';
import { type AddressRange, readAddressRange } from './address-values.ts';
import type { TextSet } from './find-in-sets.ts';
import { type Bound, type NumberSet, readDate, readNumber } from './number-values.ts';

/** Values of a condition key that an operator takes. Different families read the same value in different ways. */
export type ValueSet =
  | { readonly family: 'text'; readonly texts: TextSet }
  | { readonly family: 'number' | 'date'; readonly bounds: NumberSet }
  | { readonly family: 'address'; readonly ranges: readonly AddressRange[] };

export type ConditionTest =
  /** The value is in the set, or with `negated` it is not. */
  | { readonly kind: 'values'; readonly negated: boolean; readonly set: ValueSet }
  /** `Null`: the key is not there (`true`), is there (`false`), or either. */
  | { readonly kind: 'presence'; readonly absent: readonly boolean[] }
  /** What it takes is not known: it is equal to itself only. */
  | { readonly kind: 'opaque'; readonly why: string };

/** A condition ready for reasoning. Two with the same identity hold for the same requests. */
export interface CompiledCondition {
  readonly identity: string;
  readonly key: string;
  readonly quantifier: Condition['quantifier'];
  /** What it says when the key is not there; `open` where the documentation does not tell. */
  readonly whenAbsent: boolean | 'open';
  readonly test: ConditionTest;
  /** For people. */
  readonly words: string;
}

type Family =
  | 'exact'
  | 'fold'
  | 'like'
  | 'arn'
  | 'bool'
  | 'address'
  | 'binary'
  | `${'number' | 'date'}${Bound['relation']}`;

/** IAM User Guide, "IAM JSON policy elements: Condition operators". */
const OPERATORS: ReadonlyMap<string, { readonly family: Family; readonly negated: boolean }> = new Map(
  (
    [
      ['stringequals', 'exact'],
      ['stringnotequals', 'exact'],
      ['stringequalsignorecase', 'fold'],
      ['stringnotequalsignorecase', 'fold'],
      ['stringlike', 'like'],
      ['stringnotlike', 'like'],
      ['arnequals', 'arn'],
      ['arnlike', 'arn'],
      ['arnnotequals', 'arn'],
      ['arnnotlike', 'arn'],
      ['bool', 'bool'],
      ['binaryequals', 'binary'],
      ['ipaddress', 'address'],
      ['notipaddress', 'address'],
      ...(['number', 'date'] as const).flatMap((family) => {
        const prefix = family === 'number' ? 'numeric' : 'date';
        return [
          [`${prefix}equals`, `${family}=`],
          [`${prefix}notequals`, `${family}=`],
          [`${prefix}lessthan`, `${family}<`],
          [`${prefix}lessthanequals`, `${family}<=`],
          [`${prefix}greaterthan`, `${family}>`],
          [`${prefix}greaterthanequals`, `${family}>=`],
        ] as const;
      }),
    ] as const
  ).map(([name, family]) => [name, { family, negated: name.includes('not') }]),
);

/** Takes a condition apart; with `variables`, `${…}` in its values is a policy variable. Never throws: what is not understood becomes opaque. */
export function compileCondition(condition: Condition, variables: boolean): CompiledCondition {
  const { operator, quantifier, ifExists, key, values } = condition;
  const how = `${quantifier === undefined ? '' : `${quantifier}:`}`;
  const words = `${how}${operator}${ifExists ? 'ifexists' : ''} ${key} ${showValues(values)}`;
  const test = compileTest(condition, variables);
  const whenAbsent = decideAbsent(condition, test);
  return { identity: identify(condition, test, variables), key, quantifier, whenAbsent, test, words };
}

function compileTest({ operator, quantifier, ifExists, values }: Condition, variables: boolean): ConditionTest {
  if (values.length === 0) return { kind: 'opaque', why: 'it has no value' };
  if (operator === 'null') {
    const read = values.map(lowerAscii);
    const plain = quantifier === undefined && !ifExists && read.every((value) => value === 'true' || value === 'false');
    if (!plain) return { kind: 'opaque', why: 'Null takes true or false' };
    return { kind: 'presence', absent: [...new Set(read)].sort().map((value) => value === 'true') };
  }
  const known = OPERATORS.get(operator);
  if (known === undefined) return { kind: 'opaque', why: 'IAM documents no such operator' };
  const set = compileValues(known.family, values, variables);
  if (set === undefined) return { kind: 'opaque', why: 'its value has no certain reading' };
  return { kind: 'values', negated: known.negated, set };
}

/** Negated operators hold for a key that is not there; so does `IfExists`, and `ForAllValues` of no values (IAM User Guide, the same page and "Multivalued context keys"). */
function decideAbsent({ quantifier, ifExists }: Condition, test: ConditionTest): boolean | 'open' {
  if (test.kind === 'opaque') return 'open';
  if (test.kind === 'presence') return test.absent.includes(true);
  if (ifExists || quantifier === 'ForAllValues') return true;
  return test.negated && quantifier === 'ForAnyValue' ? 'open' : test.negated;
}

function compileValues(family: Family, values: readonly string[], variables: boolean): ValueSet | undefined {
  switch (family) {
    case 'exact':
      return { family: 'text', texts: values.map((value) => readPattern(value, { wildcards: false, variables })) };
    case 'binary':
      return {
        family: 'text',
        texts: values.map((value) => readPattern(value, { wildcards: false, variables: false })),
      };
    case 'like':
      return { family: 'text', texts: values.map((value) => readPattern(value, { wildcards: true, variables })) };
    case 'fold':
    case 'bool':
      if (values.some((value) => /[^ -~]/.test(value))) return undefined;
      return {
        family: 'text',
        texts: values.map((value) => readPattern(value, { wildcards: false, variables, fold: true })),
      };
    case 'arn':
      // A variable may hold colons, and then the parts are others.
      if (values.some((value) => value.split(':').length < 6 || (variables && value.includes('${')))) return undefined;
      return {
        family: 'text',
        texts: values.map((value) => readPattern(value, { wildcards: true, variables, arn: true })),
      };
    case 'address': {
      const ranges = values.map(readAddressRange);
      return ranges.every((range) => range !== undefined) ? { family: 'address', ranges } : undefined;
    }
    default:
      return compileBounds(family, values);
  }
}

function compileBounds(
  family: `${'number' | 'date'}${Bound['relation']}`,
  values: readonly string[],
): ValueSet | undefined {
  const isDate = family.startsWith('date');
  const relation = RELATIONS.find((one) => family === `number${one}` || family === `date${one}`) ?? '=';
  const read = values.map(isDate ? readDate : readNumber);
  if (!read.every((value) => value !== undefined)) return undefined;
  return { family: isDate ? 'date' : 'number', bounds: read.map((value) => ({ relation, value })) };
}

const RELATIONS = ['=', '<', '<=', '>', '>='] as const;

/** Equal for conditions written differently only in ways without effect; what else is the same is found by reasoning. */
function identify(
  { operator, quantifier, ifExists, key, values }: Condition,
  test: ConditionTest,
  variables: boolean,
): string {
  const name = nameOperator(operator, values, test);
  const plain = test.kind === 'opaque' ? values : values.map((value) => writeValue(value, name, test));
  const dollars = variables && values.some((value) => value.includes('${'));
  return JSON.stringify([name, quantifier ?? '', ifExists, key, dollars, [...new Set(plain)].sort()]);
}

function nameOperator(operator: string, values: readonly string[], test: ConditionTest): string {
  const plain = operator.replace(/^arn(not)?equals$/, 'arn$1like');
  if (test.kind === 'opaque' || values.some((value) => /[*?]/.test(value))) return plain;
  return plain.replace(/^string(not)?like$/, 'string$1equals');
}

function writeValue(value: string, operator: string, test: ConditionTest): string {
  if (test.kind === 'values' && test.set.family === 'number') return String(readNumber(value));
  if (test.kind === 'values' && test.set.family === 'date') return String(readDate(value));
  return operator === 'bool' || operator === 'null' || operator.endsWith('ignorecase') ? lowerAscii(value) : value;
}

function showValues(values: readonly string[]): string {
  const shown = values.slice(0, 3).join(', ');
  return values.length > 3 ? `[${shown}, and ${values.length - 3} more]` : `[${shown}]`;
}
