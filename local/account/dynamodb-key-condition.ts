import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Condition, Operand } from './dynamodb-expression.ts';
import type { KeySchema } from './dynamodb-table.ts';
import { validationError } from './dynamodb-values.ts';

export interface KeyCondition {
  readonly partition: AttributeValue;
  readonly sort: Condition | undefined;
}

/**
 * The parts of a key condition: the partition key equals a value and, optionally, one condition on the sort key (DynamoDB developer guide, "Key
 * condition expressions"). Throws ValidationException for everything else.
 */
export function checkKeyCondition(condition: Condition, schema: KeySchema): KeyCondition {
  const parts = condition.kind === 'and' ? [condition.left, condition.right] : [condition];
  const values = parts.map((part) => partitionValue(part, schema.partition));
  const place = values.findIndex((value) => value !== undefined);
  const partition = values[place];
  const sort = parts.find((_part, index) => index !== place);
  if (partition === undefined) throw validationError(`Query condition missed key schema element: ${schema.partition}`);
  if (sort !== undefined && !isSortCondition(sort, schema.sort)) {
    throw validationError('Query key condition not supported');
  }
  return { partition, sort };
}

function partitionValue(condition: Condition, name: string): AttributeValue | undefined {
  if (condition.kind !== 'compare' || condition.comparator !== '=') return undefined;
  const { left, right } = condition;
  return isAttribute(left, name) && right.kind === 'value' ? right.value : undefined;
}

function isSortCondition(condition: Condition, name: string | undefined): boolean {
  if (name === undefined) return false;
  switch (condition.kind) {
    case 'compare':
      return condition.comparator !== '<>' && isAttribute(condition.left, name) && condition.right.kind === 'value';
    case 'between':
      return isAttribute(condition.operand, name);
    case 'begins-with':
      return isAttribute(condition.left, name);
    default:
      return false;
  }
}

function isAttribute(operand: Operand, name: string): boolean {
  return operand.kind === 'path' && operand.path.length === 1 && operand.path[0] === name;
}
