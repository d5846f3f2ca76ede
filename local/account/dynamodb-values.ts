import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { compareNumbers, normalizeNumber } from './dynamodb-number.ts';

export type Item = Record<string, AttributeValue>;

/** DynamoDB's ValidationException, which its SDK does not model. */
export function validationError(message: string): DynamoDBServiceException {
  return new DynamoDBServiceException({
    name: 'ValidationException',
    message,
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });
}

export type AttributeType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'L' | 'M' | 'SS' | 'NS' | 'BS';

export function typeOf(value: AttributeValue): AttributeType {
  if (value.S !== undefined) return 'S';
  if (value.N !== undefined) return 'N';
  if (value.B !== undefined) return 'B';
  if (value.BOOL !== undefined) return 'BOOL';
  if (value.NULL !== undefined) return 'NULL';
  if (value.L !== undefined) return 'L';
  if (value.M !== undefined) return 'M';
  if (value.SS !== undefined) return 'SS';
  if (value.NS !== undefined) return 'NS';
  if (value.BS !== undefined) return 'BS';
  throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
}

const DEEPEST = 32;

/** A checked copy: numbers normalized, nothing shared with the caller. Throws ValidationException. */
export function normalizeValue(value: AttributeValue, depth = 1): AttributeValue {
  if (depth > DEEPEST) throw validationError('Nesting Levels have exceeded supported limits');
  if (value.N !== undefined) return { N: checkedNumber(value.N) };
  if (value.B !== undefined) return { B: Uint8Array.from(value.B) };
  if (value.L !== undefined) return { L: value.L.map((one) => normalizeValue(one, depth + 1)) };
  if (value.M !== undefined) return { M: normalizeItem(value.M, depth + 1) };
  if (value.SS !== undefined) return { SS: checkedSet(value.SS, String) };
  if (value.NS !== undefined) return { NS: checkedSet(value.NS.map(checkedNumber), String) };
  if (value.BS !== undefined) {
    return {
      BS: checkedSet(value.BS, (one) => Buffer.from(one).toString('base64')).map((one) => Uint8Array.from(one)),
    };
  }
  typeOf(value);
  return { ...value };
}

export function normalizeItem(item: Item, depth = 1): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, normalizeValue(value, depth)]));
}

function checkedNumber(text: string): string {
  const normalized = normalizeNumber(text);
  if (normalized !== undefined) return normalized;
  throw validationError(`The parameter cannot be converted to a numeric value: ${text.slice(0, 60)}`);
}

function checkedSet<Member>(members: readonly Member[], keyOf: (member: Member) => string): Member[] {
  if (members.length === 0) {
    throw validationError('One or more parameter values were invalid: An set may not be empty');
  }
  if (new Set(members.map(keyOf)).size < members.length) {
    throw validationError('One or more parameter values were invalid: Input collection contains duplicates.');
  }
  return [...members];
}

/** Equality as expressions see it: same type, same value, sets without order. Both normalized. */
export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  return canonicalOf(a) === canonicalOf(b);
}

/** A text that is the same for equal values of one type. */
export function canonicalOf(value: AttributeValue): string {
  if (value.B !== undefined) return `B${Buffer.from(value.B).toString('base64')}`;
  if (value.L !== undefined) return `L${JSON.stringify(value.L.map(canonicalOf))}`;
  if (value.M !== undefined) {
    const entries = Object.entries(value.M).map(([name, one]) => [name, canonicalOf(one)]);
    return `M${JSON.stringify(entries.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)))}`;
  }
  if (value.SS !== undefined) return `SS${JSON.stringify([...value.SS].sort())}`;
  if (value.NS !== undefined) return `NS${JSON.stringify([...value.NS].sort())}`;
  if (value.BS !== undefined) {
    return `BS${JSON.stringify(value.BS.map((one) => Buffer.from(one).toString('base64')).sort())}`;
  }
  return `${typeOf(value)}${value.S ?? value.N ?? value.BOOL ?? value.NULL}`;
}

/** Order of two values of the same scalar type (strings by UTF-8 bytes); undefined where DynamoDB has none. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N);
  if (a.S !== undefined && b.S !== undefined) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(a.B, b.B);
  return undefined;
}

/** Bytes that an item counts for (DynamoDB developer guide, "DynamoDB item sizes and formats"). */
export function sizeOfItem(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value), 0);
}

function sizeOfValue(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return sizeOfNumber(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.L !== undefined) return value.L.reduce((sum, one) => sum + 1 + sizeOfValue(one), 3);
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + sizeOfItem(value.M);
  if (value.SS !== undefined) return value.SS.reduce((sum, one) => sum + Buffer.byteLength(one), 0);
  if (value.NS !== undefined) return value.NS.reduce((sum, one) => sum + sizeOfNumber(one), 0);
  if (value.BS !== undefined) return value.BS.reduce((sum, one) => sum + one.length, 0);
  return 1;
}

function sizeOfNumber(text: string): number {
  return Math.ceil(text.replace(/[-.]|^0+/g, '').length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}

/** A value as the document client gives it out: numbers as numbers, sets as `Set`, maps as objects. */
export function toNative(value: AttributeValue): unknown {
  if (value.N !== undefined) return Number(value.N);
  if (value.NULL !== undefined) return null;
  if (value.B !== undefined) return Uint8Array.from(value.B);
  if (value.L !== undefined) return value.L.map(toNative);
  if (value.M !== undefined) return toNativeItem(value.M);
  if (value.SS !== undefined) return new Set(value.SS);
  if (value.NS !== undefined) return new Set(value.NS.map(Number));
  if (value.BS !== undefined) return new Set(value.BS.map((one) => Uint8Array.from(one)));
  return value.S ?? value.BOOL;
}

export function toNativeItem(item: Item): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toNative(value)]));
}
