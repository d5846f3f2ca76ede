import { BlockList, isIP } from 'node:net';
import { CountersignError } from '../../lambdas/core/errors.ts';
import { isRecord } from './json.ts';

/** An event pattern that EventBridge would refuse (InvalidEventPatternException). */
export class EventPatternError extends CountersignError<'invalid-pattern'> {
  constructor(reason: string) {
    super('invalid-pattern', `Event pattern is not valid. Reason: ${reason}`);
  }
}

export type Primitive = string | number | boolean | null;

/** One alternative at a leaf of a pattern: it asks for a value there, or for none. */
export type Matcher =
  | { readonly kind: 'absent' }
  | { readonly kind: 'value'; readonly test: (value: Primitive) => boolean };

/** Compiles one element of a leaf array (EventBridge user guide, "Comparison operators"). Throws EventPatternError. */
export function compileMatcher(element: unknown): Matcher {
  if (isPrimitive(element)) return valueMatcher((value) => value === element);
  const [operator, operand] = onlyEntry(element);
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean')
        throw new EventPatternError('exists match pattern must be either true or false.');
      return operand ? valueMatcher(() => true) : { kind: 'absent' };
    case 'anything-but':
      return valueMatcher(compileAnythingBut(operand));
    case 'numeric':
      return valueMatcher(compileNumeric(operand));
    case 'cidr':
      return valueMatcher(compileCidr(operand));
    default:
      return valueMatcher(onText(compileText(operator, operand)));
  }
}

type TextTest = (text: string) => boolean;

function compileText(operator: string, operand: unknown): TextTest {
  switch (operator) {
    case 'prefix':
      return compileEnd(operand, operator, (text, end) => text.startsWith(end));
    case 'suffix':
      return compileEnd(operand, operator, (text, end) => text.endsWith(end));
    case 'equals-ignore-case': {
      const wanted = foldCase(textOperand(operator, operand));
      return (text) => foldCase(text) === wanted;
    }
    case 'wildcard':
      return compileWildcard(textOperand(operator, operand));
    default:
      throw new EventPatternError(`Unrecognized match type ${operator}`);
  }
}

/** Prefix and suffix, plain or as `{"equals-ignore-case": text}`. */
function compileEnd(operand: unknown, operator: string, has: (text: string, end: string) => boolean): TextTest {
  if (!isRecord(operand)) {
    const end = textOperand(operator, operand);
    return (text) => has(text, end);
  }
  const [inner, value] = onlyEntry(operand);
  if (inner !== 'equals-ignore-case') throw new EventPatternError(`Unsupported ${operator} match type ${inner}`);
  const end = foldCase(textOperand(operator, value));
  return (text) => has(foldCase(text), end);
}

function compileAnythingBut(operand: unknown): (value: Primitive) => boolean {
  if (isRecord(operand)) {
    const [operator, operands] = onlyEntry(operand);
    const list = Array.isArray(operands) ? operands : [operands];
    if (list.length === 0) throw new EventPatternError('Empty arrays are not allowed');
    if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(operator)) {
      throw new EventPatternError(`Unsupported anything-but pattern: ${operator}`);
    }
    const tests = list.map((one) => compileText(operator, checkExcluded(operator, one)));
    return (value) => typeof value !== 'string' || !tests.some((test) => test(value));
  }
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0) throw new EventPatternError('Empty arrays are not allowed');
  const type = typeof list[0];
  if ((type !== 'string' && type !== 'number') || list.some((one) => typeof one !== type)) {
    throw new EventPatternError(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    );
  }
  return (value) => !list.includes(value);
}

/** What `anything-but` excludes: unlike on its own, a prefix or suffix is a plain text here, and not the empty one, which would exclude everything. */
function checkExcluded(operator: string, operand: unknown): string {
  const text = textOperand(operator, operand);
  if (text === '' && (operator === 'prefix' || operator === 'suffix')) {
    throw new EventPatternError(`Empty ${operator} not allowed`);
  }
  return text;
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};
/** Numeric matching works between plus and minus five billion, to six decimal places (EventBridge user guide). */
const LARGEST_NUMBER = 5e9;

function compileNumeric(operand: unknown): (value: Primitive) => boolean {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw new EventPatternError('Value of numeric must be an array of one or two comparisons.');
  }
  const comparisons: ((value: number) => boolean)[] = [];
  const bounds: number[] = [];
  const operators: string[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const operator: unknown = operand[index];
    const bound: unknown = operand[index + 1];
    const compare = typeof operator === 'string' ? COMPARISONS[operator] : undefined;
    if (compare === undefined) throw new EventPatternError(`Unrecognized numeric range operator: ${String(operator)}`);
    if (typeof bound !== 'number' || Math.abs(bound) > LARGEST_NUMBER) {
      throw new EventPatternError('Value of numeric must be a number between -5.0e9 and +5.0e9.');
    }
    comparisons.push((value) => compare(value, bound));
    bounds.push(bound);
    operators.push(String(operator));
  }
  checkRange(operators, bounds);
  return (value) =>
    typeof value === 'number' && Math.abs(value) <= LARGEST_NUMBER && comparisons.every((one) => one(value));
}

function checkRange(operators: readonly string[], bounds: readonly number[]): void {
  if (operators.length < 2) return;
  const [bottom, top] = bounds;
  const ordered = operators[0]?.startsWith('>') && operators[1]?.startsWith('<');
  if (!ordered || bottom === undefined || top === undefined || bottom >= top) {
    throw new EventPatternError('Bottom must be less than top, and come first, in a numeric range.');
  }
}

function compileCidr(operand: unknown): (value: Primitive) => boolean {
  const [address = '', bits = ''] = textOperand('cidr', operand).split('/');
  const family = isIP(address);
  const length = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  // The rule engine does not take a mask that leaves a single address.
  if (family === 0 || !(length < (family === 4 ? 32 : 128))) {
    throw new EventPatternError(`Malformed CIDR, one '/' required: ${String(operand).slice(0, 100)}`);
  }
  const list = new BlockList();
  list.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
  return onText((text) => isIP(text) === family && list.check(text, family === 4 ? 'ipv4' : 'ipv6'));
}

/** `*` stands for any text, `\*` and `\\` for themselves. Two wildcards in a row are refused, as EventBridge does. */
function compileWildcard(pattern: string): TextTest {
  const parts: string[] = [''];
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    const next = pattern.charAt(index + 1);
    if (character === '\\' && (next === '*' || next === '\\')) {
      parts[parts.length - 1] += next;
      index += 1;
    } else if (character === '\\') {
      throw new EventPatternError(`Invalid escape character at pos ${index}`);
    } else if (character !== '*') {
      parts[parts.length - 1] += character;
    } else if (next === '*') {
      throw new EventPatternError(`Consecutive wildcard characters at pos ${index}`);
    } else {
      parts.push('');
    }
  }
  return (text) => matchesParts(text, parts);
}

/** Linear in the length of the text: each middle part is taken at its first place after the one before. */
function matchesParts(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= text.length - last.length;
}

function valueMatcher(test: (value: Primitive) => boolean): Matcher {
  return { kind: 'value', test };
}

function onText(test: TextTest): (value: Primitive) => boolean {
  return (value) => typeof value === 'string' && test(value);
}

function textOperand(operator: string, operand: unknown): string {
  if (typeof operand === 'string') return operand;
  throw new EventPatternError(`${operator} match pattern must be a string`);
}

function onlyEntry(element: unknown): [string, unknown] {
  const entries = isRecord(element) ? Object.entries(element) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1)
    throw new EventPatternError('Only one key allowed in match expression');
  return entry;
}

/** Case folding one character at a time, as the rule engine does: nothing that changes the length of the text. */
function foldCase(text: string): string {
  return text.toLowerCase();
}

export function isPrimitive(value: unknown): value is Primitive {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
