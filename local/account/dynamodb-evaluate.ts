import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Comparator, Condition, Operand, Path, UpdateAction, UpdateValue } from './dynamodb-expression.ts';
import { addNumbers } from './dynamodb-number.ts';
import { compareValues, equalValues, type Item, typeOf, validationError } from './dynamodb-values.ts';

/** The value at a path, or undefined. */
export function readPath(item: Item, path: Path): AttributeValue | undefined {
  const [first, ...rest] = path;
  let value = Object.hasOwn(item, first) ? item[first] : undefined;
  for (const step of rest) {
    if (typeof step === 'number') value = value?.L?.[step];
    else value = value?.M !== undefined && Object.hasOwn(value.M, step) ? value.M[step] : undefined;
  }
  return value;
}

/** Whether a condition holds for an item; a comparison with what is not there, or of another type, does not. */
export function holds(condition: Condition, item: Item): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, item) && holds(condition.right, item);
    case 'or':
      return holds(condition.left, item) || holds(condition.right, item);
    case 'not':
      return !holds(condition.condition, item);
    case 'exists':
      return (readPath(item, condition.path) !== undefined) === condition.wanted;
    case 'compare':
      return compares(condition.comparator, resolve(condition.left, item), resolve(condition.right, item));
    case 'between': {
      const value = resolve(condition.operand, item);
      return (
        compares('>=', value, resolve(condition.low, item)) && compares('<=', value, resolve(condition.high, item))
      );
    }
    case 'in': {
      const value = resolve(condition.operand, item);
      return condition.list.some((one) => compares('=', value, resolve(one, item)));
    }
    case 'begins-with':
      return beginsWith(resolve(condition.left, item), resolve(condition.right, item));
    case 'contains':
      return containsValue(resolve(condition.left, item), resolve(condition.right, item));
    case 'attribute-type': {
      const value = resolve(condition.left, item);
      return value !== undefined && typeOf(value) === resolve(condition.right, item)?.S;
    }
  }
}

function resolve(operand: Operand, item: Item): AttributeValue | undefined {
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'path') return readPath(item, operand.path);
  const size = sizeOfOperand(resolve(operand.of, item));
  return size === undefined ? undefined : { N: String(size) };
}

function sizeOfOperand(value: AttributeValue | undefined): number | undefined {
  if (value?.S !== undefined) return Buffer.byteLength(value.S);
  if (value?.M !== undefined) return Object.keys(value.M).length;
  return (value?.B ?? value?.L ?? value?.SS ?? value?.NS ?? value?.BS)?.length;
}

function compares(comparator: Comparator, a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  // A missing attribute equals nothing: `<>` holds for it, everything else does not.
  if (a === undefined || b === undefined) return comparator === '<>';
  if (comparator === '=') return equalValues(a, b);
  if (comparator === '<>') return !equalValues(a, b);
  const order = compareValues(a, b);
  if (order === undefined) return false;
  switch (comparator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function beginsWith(value: AttributeValue | undefined, start: AttributeValue | undefined): boolean {
  if (value?.S !== undefined && start?.S !== undefined) return value.S.startsWith(start.S);
  if (value?.B === undefined || start?.B === undefined) return false;
  return Buffer.compare(value.B.subarray(0, start.B.length), start.B) === 0;
}

function containsValue(value: AttributeValue | undefined, part: AttributeValue | undefined): boolean {
  if (value === undefined || part === undefined) return false;
  if (value.S !== undefined && part.S !== undefined) return value.S.includes(part.S);
  if (value.B !== undefined && part.B !== undefined) return Buffer.from(value.B).includes(Buffer.from(part.B));
  if (value.L !== undefined) return value.L.some((one) => equalValues(one, part));
  if (value.SS !== undefined && part.S !== undefined) return value.SS.includes(part.S);
  if (value.NS !== undefined && part.N !== undefined) return value.NS.includes(part.N);
  if (value.BS !== undefined && part.B !== undefined) {
    const wanted = part.B;
    return value.BS.some((one) => Buffer.compare(one, wanted) === 0);
  }
  return false;
}

/** The item after an update. Every value is computed from the item as it was before (DynamoDB developer guide, "Update expressions"). */
export function applyUpdate(actions: readonly UpdateAction[], before: Item): Item {
  checkOverlap(actions);
  const after = structuredClone(before);
  const computed = actions.map((action) => ({
    action,
    value: action.kind === 'set' ? computeValue(action.value, before) : undefined,
  }));
  for (const { action, value } of computed) {
    if (action.kind === 'set' && value !== undefined) writePath(after, action.path, structuredClone(value));
    if (action.kind === 'add') writePath(after, action.path, addValue(readPath(before, action.path), action.value));
    if (action.kind === 'delete') deleteMembers(after, action.path, action.value);
  }
  // Last, and from the back of each list, so that no removal moves what another action meant.
  const removals = actions.filter((action) => action.kind === 'remove').map(({ path }) => path);
  for (const path of removals.sort(byLastIndexDescending)) removePath(after, path);
  return after;
}

function byLastIndexDescending(a: Path, b: Path): number {
  return Number(b.at(-1)) - Number(a.at(-1)) || 0;
}

function checkOverlap(actions: readonly UpdateAction[]): void {
  const paths = actions.map(({ path }) => path);
  paths.forEach((one, index) => {
    for (const other of paths.slice(index + 1)) {
      const shared = Math.min(one.length, other.length);
      if (one.slice(0, shared).every((step, place) => step === other[place])) {
        throw validationError(
          `Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [${one.join(', ')}], path two: [${other.join(', ')}]`,
        );
      }
    }
  });
}

function computeValue(value: UpdateValue, item: Item): AttributeValue {
  switch (value.kind) {
    case 'if-not-exists':
      return readPath(item, value.path) ?? computeValue(value.otherwise, item);
    case 'list-append': {
      const left = computeValue(value.left, item);
      const right = computeValue(value.right, item);
      if (left.L === undefined || right.L === undefined) throw wrongOperand('list_append');
      return { L: [...left.L, ...right.L] };
    }
    case 'sum': {
      const left = computeValue(value.left, item);
      const right = computeValue(value.right, item);
      if (left.N === undefined || right.N === undefined) throw wrongOperand(value.sign === 1 ? '+' : '-');
      return { N: checkSum(addNumbers(left.N, right.N, value.sign)) };
    }
    default: {
      const found = resolve(value, item);
      if (found !== undefined) return found;
      throw validationError('The provided expression refers to an attribute that does not exist in the item');
    }
  }
}

function checkSum(sum: string | undefined): string {
  if (sum !== undefined) return sum;
  throw validationError('Number overflow. Attempting to store a number with magnitude larger than supported range');
}

function wrongOperand(operator: string): Error {
  return validationError(
    `An operand in the update expression has an incorrect data type: operator or function: ${operator}`,
  );
}

function addValue(known: AttributeValue | undefined, added: AttributeValue): AttributeValue {
  if (added.N !== undefined && (known === undefined || known.N !== undefined)) {
    return { N: checkSum(addNumbers(known?.N ?? '0', added.N, 1)) };
  }
  if (added.SS !== undefined && (known === undefined || known.SS !== undefined)) {
    return { SS: [...new Set([...(known?.SS ?? []), ...added.SS])] };
  }
  if (added.NS !== undefined && (known === undefined || known.NS !== undefined)) {
    return { NS: [...new Set([...(known?.NS ?? []), ...added.NS])] };
  }
  throw wrongOperand('ADD');
}

function deleteMembers(item: Item, path: Path, members: AttributeValue): void {
  const known = readPath(item, path);
  if (known === undefined) return;
  const remaining =
    known.SS !== undefined && members.SS !== undefined
      ? { SS: known.SS.filter((one) => !members.SS?.includes(one)) }
      : known.NS !== undefined && members.NS !== undefined
        ? { NS: known.NS.filter((one) => !members.NS?.includes(one)) }
        : undefined;
  if (remaining === undefined) throw wrongOperand('DELETE');
  // There are no empty sets.
  if ((remaining.SS ?? remaining.NS)?.length === 0) removePath(item, path);
  else writePath(item, path, remaining);
}

function writePath(item: Item, path: Path, value: AttributeValue): void {
  const last = path.at(-1);
  const parent = parentOf(item, path);
  if (typeof last === 'string' && parent !== undefined && !Array.isArray(parent)) parent[last] = value;
  else if (typeof last === 'number' && Array.isArray(parent)) parent[Math.min(last, parent.length)] = value;
  else throw invalidPath();
}

function removePath(item: Item, path: Path): void {
  const last = path.at(-1);
  const parent = parentOf(item, path);
  if (typeof last === 'string' && parent !== undefined && !Array.isArray(parent)) delete parent[last];
  else if (typeof last === 'number' && Array.isArray(parent)) parent.splice(last, 1);
  else throw invalidPath();
}

/** The map or list that holds the last step of a path. */
function parentOf(item: Item, path: Path): Item | AttributeValue[] | undefined {
  const [first, ...rest] = path;
  if (rest.length === 0) return item;
  const holder = readPath(item, [first, ...rest.slice(0, -1)]);
  return holder?.M ?? holder?.L;
}

function invalidPath(): Error {
  return validationError('The document path provided in the update expression is invalid for update');
}

/** The parts of an item that a projection names. Positions of a list close up, as DynamoDB does it. */
export function project(item: Item, paths: readonly Path[]): Item {
  const result: Item = {};
  for (const path of paths) {
    const value = readPath(item, path);
    if (value !== undefined) copyInto(result, item, path);
  }
  return result;
}

function copyInto(target: Item, source: Item, path: Path): void {
  const [name, ...rest] = path;
  const value = source[name];
  if (value === undefined) return;
  const [next] = rest;
  if (next === undefined) {
    target[name] = structuredClone(value);
  } else if (typeof next === 'string' && value.M !== undefined) {
    const holder = target[name]?.M ?? {};
    target[name] = { M: holder };
    const below = rest.slice(1);
    copyInto(holder, value.M, [next, ...below]);
  } else if (typeof next === 'number' && value.L !== undefined) {
    const element = value.L[next];
    if (element === undefined) return;
    const holder: Item = {};
    copyInto(holder, { element }, ['element', ...rest.slice(1)]);
    target[name] = { L: [...(target[name]?.L ?? []), ...Object.values(holder)] };
  }
}
