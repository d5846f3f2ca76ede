import { createHash } from 'node:crypto';
import type {
  AttributeDefinition,
  AttributeValue,
  CreateTableCommandInput,
  GlobalSecondaryIndex,
  KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import { canonicalOf, compareValues, type Item, sizeOfItem, typeOf, validationError } from './dynamodb-values.ts';

/** Limits of the DynamoDB developer guide, "Quotas": item 400 KB, partition key 2048 bytes, sort key 1024 bytes. */
const LARGEST_ITEM = 400 * 1024;
const LONGEST_PARTITION_KEY = 2048;
const LONGEST_SORT_KEY = 1024;
/** A page of Query and Scan ends at 1 MB of data. */
const LARGEST_PAGE = 1024 * 1024;
/** Expired items are deleted "within a few days": code that takes them for gone at once has to fail here. */
const EXPIRY_LAG = 48 * 60 * 60;
const EXPIRY_INTERVAL = 60 * 60;

/** Names of the key attributes of a table or index. */
export interface KeySchema {
  readonly partition: string;
  readonly sort: string | undefined;
  /** An index that holds nothing of an item but the keys of the table and its own. */
  readonly keysOnly?: boolean;
}

/** Which items, in which order, from where on. */
export interface PageRequest {
  readonly index: string | undefined;
  /** Only items of this partition, in the order of the sort key. Undefined: all items. */
  readonly partition: AttributeValue | undefined;
  readonly accepts: (item: Item) => boolean;
  readonly backward: boolean;
  readonly startAfter: Item | undefined;
  readonly limit: number;
}

export interface TablePage {
  /** Read items, before any filter expression. */
  readonly items: readonly Item[];
  readonly lastKey: Item | undefined;
}

/** One table: items by key. Items are never changed in place; what is given out may be kept, not written to. */
export class Table {
  readonly name: string;
  readonly key: KeySchema;
  readonly indexes: ReadonlyMap<string, KeySchema>;
  readonly createdAt: number;
  /** Attribute with the time to live, in seconds. */
  expiry: string | undefined;
  private readonly types: ReadonlyMap<string, string>;
  private readonly items = new Map<string, Item>();
  private readonly now: () => number;
  private expiredUntil = 0;

  constructor(input: CreateTableCommandInput, now: () => number) {
    this.name = input.TableName ?? '';
    this.types = new Map((input.AttributeDefinitions ?? []).map(definitionOf));
    this.key = this.readKeySchema(input.KeySchema);
    this.indexes = new Map((input.GlobalSecondaryIndexes ?? []).map((index) => this.readIndex(index)));
    this.now = now;
    this.createdAt = now();
  }

  get(key: Item): Item | undefined {
    this.expire();
    return this.items.get(this.keyOf(key, true));
  }

  /** Stores an item after all checks but conditions. `action` words the error of an item that is too large. */
  put(item: Item, action: 'put' | 'update'): void {
    const key = this.keyOf(item, false);
    if (sizeOfItem(item) > LARGEST_ITEM) {
      throw validationError(
        action === 'put'
          ? 'Item size has exceeded the maximum allowed size'
          : 'Item size to update has exceeded the maximum allowed size',
      );
    }
    for (const schema of this.indexes.values()) this.checkIndexKeys(schema, item);
    this.items.set(key, item);
  }

  delete(key: Item): void {
    this.items.delete(this.keyOf(key, true));
  }

  /** The key attributes of an item. */
  keyPartOf(item: Item, index?: KeySchema): Item {
    const names = [this.key.partition, this.key.sort, index?.partition, index?.sort];
    return Object.fromEntries(names.flatMap((name) => (name !== undefined && item[name] ? [[name, item[name]]] : [])));
  }

  /**
   * A text that is the same for the same key. Throws ValidationException for a key that is missing, empty, too long, of the wrong type or, with
   * `exact`, with further attributes.
   */
  keyOf(item: Item, exact: boolean): string {
    const names = this.key.sort === undefined ? [this.key.partition] : [this.key.partition, this.key.sort];
    if (exact && Object.keys(item).length !== names.length) {
      throw validationError('The provided key element does not match the schema');
    }
    return names.map((name) => this.keyAttribute(item, name, exact)).join('\n');
  }

  page(request: PageRequest): TablePage {
    this.expire();
    const schema = request.index === undefined ? this.key : this.indexes.get(request.index);
    if (schema === undefined) throw validationError(`The table does not have the specified index: ${request.index}`);
    const ordered = this.inOrder(schema, request);
    const start = request.startAfter;
    const startKey = start === undefined ? undefined : this.startOf(start, schema, request.index);
    const from = startKey === undefined ? 0 : ordered.findIndex(([key]) => key === startKey) + 1;
    const rest =
      startKey !== undefined && from === 0 ? this.behindDeleted(ordered, start, schema, request) : ordered.slice(from);
    const items: Item[] = [];
    let bytes = 0;
    for (const [, item] of rest) {
      const held = schema.keysOnly === true ? this.keyPartOf(item, schema) : item;
      items.push(held);
      bytes += sizeOfItem(held);
      if (items.length >= request.limit || bytes >= LARGEST_PAGE) {
        // Also where this happens to be the last item: DynamoDB has not looked any further.
        return { items, lastKey: this.keyPartOf(item, request.index === undefined ? undefined : schema) };
      }
    }
    return { items, lastKey: undefined };
  }

  /** Items of a partition by sort key; items of a scan in an order that has nothing to do with their keys. */
  private inOrder(schema: KeySchema, { partition, accepts, backward }: PageRequest): [string, Item][] {
    const found = [...this.items].filter(
      ([, item]) =>
        item[schema.partition] !== undefined &&
        (schema.sort === undefined || item[schema.sort] !== undefined) &&
        (partition === undefined || canonicalOf(item[schema.partition] ?? { NULL: true }) === canonicalOf(partition)) &&
        accepts(item),
    );
    found.sort((a, b) => this.compare(a, b, partition === undefined ? undefined : schema.sort));
    return backward ? found.reverse() : found;
  }

  private compare([a, first]: [string, Item], [b, second]: [string, Item], sort: string | undefined): number {
    const x = sort === undefined ? undefined : first[sort];
    const y = sort === undefined ? undefined : second[sort];
    const bySort = x !== undefined && y !== undefined ? (compareValues(x, y) ?? 0) : 0;
    return bySort !== 0 ? bySort : placeOf(a) < placeOf(b) ? -1 : 1;
  }

  /** Where a page goes on whose last item has been deleted meanwhile. */
  private behindDeleted(
    ordered: [string, Item][],
    start: Item | undefined,
    schema: KeySchema,
    request: PageRequest,
  ): [string, Item][] {
    const key = this.keyOf(this.keyPartOf(start ?? {}), true);
    const sort = request.partition === undefined ? undefined : schema.sort;
    const direction = request.backward ? -1 : 1;
    return ordered.filter((entry) => direction * this.compare(entry, [key, start ?? {}], sort) > 0);
  }

  private startOf(start: Item, schema: KeySchema, index: string | undefined): string {
    const expected = Object.keys(this.keyPartOf(start, index === undefined ? undefined : schema)).length;
    if (expected !== Object.keys(start).length) {
      throw validationError('The provided starting key is invalid: The provided key element does not match the schema');
    }
    return this.keyOf(this.keyPartOf(start), true);
  }

  private keyAttribute(item: Item, name: string, exact: boolean): string {
    const value = item[name];
    if (value === undefined) {
      throw validationError(
        exact
          ? 'The provided key element does not match the schema'
          : `One or more parameter values were invalid: Missing the key ${name} in the item`,
      );
    }
    if (typeOf(value) !== this.types.get(name)) {
      throw validationError(
        exact
          ? 'The provided key element does not match the schema'
          : `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${this.types.get(name)} actual: ${typeOf(value)}`,
      );
    }
    const length = value.S === undefined ? (value.B?.length ?? 1) : Buffer.byteLength(value.S);
    if (length === 0) {
      throw validationError(
        `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
      );
    }
    const longest = name === this.key.partition ? LONGEST_PARTITION_KEY : LONGEST_SORT_KEY;
    if (length > longest) {
      throw validationError(
        `One or more parameter values were invalid: Size of ${name === this.key.partition ? 'hashkey' : 'rangekey'} has exceeded the maximum size limit of${longest} bytes`,
      );
    }
    return canonicalOf(value);
  }

  /** An item without an index key is not in the index; one with a key of the wrong type, or an empty one, is refused. */
  private checkIndexKeys(schema: KeySchema, item: Item): void {
    for (const name of [schema.partition, schema.sort]) {
      const value = name === undefined ? undefined : item[name];
      if (name === undefined || value === undefined) continue;
      if (typeOf(value) !== this.types.get(name) || value.S === '') {
        throw validationError(
          `One or more parameter values were invalid: Type mismatch or empty value for Index Key ${name}`,
        );
      }
    }
  }

  private readKeySchema(elements: readonly KeySchemaElement[] = []): KeySchema {
    const partition = elements.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName;
    const sort = elements.find(({ KeyType }) => KeyType === 'RANGE')?.AttributeName;
    const names = [partition, sort].filter((name) => name !== undefined);
    if (partition === undefined || names.length !== elements.length) {
      throw validationError('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
    }
    for (const name of names) {
      if (!this.types.has(name)) {
        throw validationError(
          'One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions.',
        );
      }
    }
    return { partition, sort };
  }

  private readIndex(index: GlobalSecondaryIndex): [string, KeySchema] {
    const keysOnly = index.Projection?.ProjectionType === 'KEYS_ONLY';
    return [index.IndexName ?? '', { ...this.readKeySchema(index.KeySchema), keysOnly }];
  }

  private expire(): void {
    if (this.expiry === undefined) return;
    const latest = this.now() / 1000 - EXPIRY_LAG;
    if (latest < this.expiredUntil + EXPIRY_INTERVAL) return;
    this.expiredUntil = latest;
    for (const [key, item] of this.items) {
      const expiresAt = item[this.expiry]?.N;
      if (expiresAt !== undefined && Number(expiresAt) < latest) this.items.delete(key);
    }
  }
}

function definitionOf({ AttributeName = '', AttributeType = 'S' }: AttributeDefinition): [string, string] {
  return [AttributeName, AttributeType];
}

const places = new Map<string, string>();

/** Stands in for DynamoDB's own hash of a key, so that no caller comes to rely on an order of scans. */
function placeOf(key: string): string {
  const known = places.get(key);
  if (known !== undefined) return known;
  const place = createHash('md5').update(key).digest('hex');
  if (places.size > 100_000) places.clear();
  places.set(key, place);
  return place;
}
