import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { normalizeValue, validationError } from './dynamodb-values.ts';

/** Names (`#n`) and values (`:v`) of one request. Remembers which were used: DynamoDB refuses a request with idle ones. */
export class Placeholders {
  private readonly names: Readonly<Record<string, string>>;
  private readonly values: ReadonlyMap<string, AttributeValue>;
  private readonly idle: Set<string>;

  constructor(names: Record<string, string> = {}, values: Record<string, AttributeValue> = {}) {
    this.names = names;
    this.values = new Map(Object.entries(values).map(([name, value]) => [name, normalizeValue(value)]));
    this.idle = new Set([...Object.keys(names), ...Object.keys(values)]);
    for (const name of Object.keys(names)) checkPlaceholder('ExpressionAttributeNames', name, '#');
    for (const name of Object.keys(values)) checkPlaceholder('ExpressionAttributeValues', name, ':');
  }

  name(placeholder: string): string {
    const name = Object.hasOwn(this.names, placeholder) ? this.names[placeholder] : undefined;
    if (name === undefined) {
      throw validationError(
        `An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
      );
    }
    this.idle.delete(placeholder);
    return name;
  }

  value(placeholder: string): AttributeValue {
    const value = this.values.get(placeholder);
    if (value === undefined) {
      throw validationError(
        `An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
      );
    }
    this.idle.delete(placeholder);
    return value;
  }

  /** To be called once all expressions of the request are parsed. */
  checkAllUsed(): void {
    if (this.idle.size === 0) return;
    const [first = ''] = this.idle;
    const kind = first.startsWith('#') ? 'ExpressionAttributeNames' : 'ExpressionAttributeValues';
    throw validationError(`Value provided in ${kind} unused in expressions: keys: {${[...this.idle].join(', ')}}`);
  }
}

function checkPlaceholder(kind: string, name: string, mark: string): void {
  if (!new RegExp(`^${mark}[A-Za-z0-9_]{1,254}$`).test(name)) {
    throw validationError(`${kind} contains invalid key: Syntax error; key: "${name.slice(0, 60)}"`);
  }
}
