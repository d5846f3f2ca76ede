import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  BatchGetItemCommand,
  CreateTableCommand,
  GetItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, GetCommand, PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyUpdate, holds } from '../../../local/account/dynamodb-evaluate.ts';
import { ExpressionParser } from '../../../local/account/dynamodb-expression.ts';
import { addNumbers, compareNumbers, normalizeNumber } from '../../../local/account/dynamodb-number.ts';
import { Placeholders } from '../../../local/account/dynamodb-placeholders.ts';
import { prepareAccount } from './prepare.ts';

const condition = (text: string, names?: Record<string, string>, values?: Record<string, AttributeValue>) =>
  new ExpressionParser('ConditionExpression', text, new Placeholders(names, values)).parseCondition();
const invalid = expect.objectContaining({ name: 'ValidationException' });

async function prepareTable() {
  const prepared = prepareAccount();
  await prepared.account.clients.dynamodb.send(
    new CreateTableCommand({
      TableName: 'rows',
      KeySchema: [{ AttributeName: 'image', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'image', AttributeType: 'S' }],
    }),
  );
  return prepared;
}

describe('numbers', () => {
  it.each([
    ['1.0', '1'],
    ['-0.50', '-0.5'],
    ['1e3', '1000'],
    ['.5', '0.5'],
    ['00', '0'],
    ['123456789012345678901234567890123456789', undefined],
    ['1e126', undefined],
    ['NaN', undefined],
    ['', undefined],
  ])('normalizes %s to %s', (text, expected) => {
    expect(normalizeNumber(text)).toBe(expected);
  });

  it('adds and compares like integers', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        (a, b) => {
          const [x, y] = [normalizeNumber(String(a)) ?? '', normalizeNumber(String(b)) ?? ''];
          expect(addNumbers(x, y, 1)).toBe(String(a + b));
          expect(addNumbers(x, y, -1)).toBe(String(a - b));
          expect(compareNumbers(x, y)).toBe(a < b ? -1 : a > b ? 1 : 0);
        },
      ),
    );
  });
});

describe('expressions', () => {
  // A random expression over a, b and c (present or not), together with what it must come to.
  type Tree = { text: string; value: (set: ReadonlySet<string>) => boolean };
  const atom = fc.constantFrom('a', 'b', 'c').map(
    (name): Tree => ({
      text: `attribute_exists(${name})`,
      value: (set) => set.has(name),
    }),
  );
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atom,
      tie('tree').map((one): Tree => ({ text: `NOT (${one.text})`, value: (set) => !one.value(set) })),
      fc
        .tuple(tie('tree'), tie('tree'))
        .map(([l, r]): Tree => ({ text: `(${l.text}) AND (${r.text})`, value: (set) => l.value(set) && r.value(set) })),
      fc
        .tuple(tie('tree'), tie('tree'))
        .map(([l, r]): Tree => ({ text: `(${l.text}) or (${r.text})`, value: (set) => l.value(set) || r.value(set) })),
    ),
  }));

  it('evaluates AND, OR, NOT and parentheses', () => {
    fc.assert(
      fc.property(tree, fc.subarray(['a', 'b', 'c']), ({ text, value }, present) => {
        fc.pre(text.length <= 4096);
        const item = Object.fromEntries(present.map((name) => [name, { S: 'x' }]));
        expect(holds(condition(text), item)).toBe(value(new Set(present)));
      }),
    );
  });

  it('binds NOT before AND before OR', () => {
    const text = 'NOT attribute_exists(a) AND attribute_exists(b) OR attribute_exists(c)';
    expect(holds(condition(text), { c: { S: '' } })).toBe(true);
    expect(holds(condition(text), { a: { S: '' }, b: { S: '' } })).toBe(false);
  });

  it('orders numbers by value and texts by their UTF-8 bytes', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer(),
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        (a, b, s, t) => {
          const values = { ':a': { N: String(a) }, ':s': { S: s } };
          const item = { n: { N: String(b) }, t: { S: t } };
          expect(holds(condition('n < :a', {}, { ':a': values[':a'] }), item)).toBe(b < a);
          expect(holds(condition('t < :s', {}, { ':s': values[':s'] }), item)).toBe(
            Buffer.compare(Buffer.from(t), Buffer.from(s)) < 0,
          );
        },
      ),
    );
  });

  it.each([
    'attribute_exists(a',
    'a =',
    'a = b c',
    'a BETWEEN b',
    'a IN ()',
    'unknown(a)',
    'ATTRIBUTE_EXISTS(a)',
    'a == b',
    'a = b AND',
    '',
    '   ',
    'a = "text"',
    'a[x] = b',
    'status = b',
    `${'('.repeat(500)}a = b${')'.repeat(500)}`,
    'a'.repeat(5000),
  ])('refuses %s', (text) => {
    expect(() => condition(text)).toThrow(invalid);
  });

  it('refuses any text without running on, or parses it', () => {
    const parts = fc.constantFrom(
      'a',
      '#n',
      ':v',
      '(',
      ')',
      'AND',
      'NOT',
      '=',
      ',',
      'size(',
      'IN',
      'BETWEEN',
      '[0]',
      '.b',
      '<>',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 20 }), (tokens) => {
        try {
          condition(tokens.join(' '), { '#n': 'n' }, { ':v': { S: 'v' } });
        } catch (error) {
          expect(error).toEqual(invalid);
        }
      }),
    );
  });

  const update = (text: string, values: Record<string, AttributeValue> = {}) =>
    new ExpressionParser('UpdateExpression', text, new Placeholders({}, values)).parseUpdate();

  it('changes nested values and lists', () => {
    const before = { tree: { M: { a: { N: '1' } } }, parts: { L: [{ S: '0' }, { S: '1' }, { S: '2' }] } };
    const actions = update('SET tree.b = :v, parts[9] = :v REMOVE parts[0], parts[1], tree.a', { ':v': { S: 'v' } });
    expect(applyUpdate(actions, before)).toEqual({
      tree: { M: { b: { S: 'v' } } },
      parts: { L: [{ S: '2' }, { S: 'v' }] },
    });
    expect(before.parts.L).toHaveLength(3);
  });

  it.each([
    ['overlapping paths', 'SET a = :v, a.b = :v'],
    ['a clause twice', 'SET a = :v SET b = :v'],
    ['a path into nothing', 'SET nowhere.b = :v'],
    ['an attribute that is not there', 'SET a = nowhere'],
    ['a sum of texts', 'SET a = :v + :v'],
  ])('refuses %s', (_name, text) => {
    expect(() => applyUpdate(update(text, { ':v': { S: 'v' } }), {})).toThrow(invalid);
  });
});

describe('the service', () => {
  it('answers plain commands with plain values through the same client', async () => {
    const { account } = await prepareTable();
    await account.clients.dynamodb.send(new PutCommand({ TableName: 'rows', Item: { image: 'i', n: 1 } }));
    const plain = await account.clients.dynamodb.send(
      new GetItemCommand({ TableName: 'rows', Key: { image: { S: 'i' } } }),
    );
    expect(plain.Item).toEqual({ image: { S: 'i' }, n: { N: '1' } });
  });

  it('refuses commands it does not have, by name', async () => {
    const { account } = await prepareTable();
    const transaction = new TransactWriteCommand({
      TransactItems: [{ Put: { TableName: 'rows', Item: { image: 'i' } } }],
    });
    await expect(account.clients.dynamodb.send(transaction)).rejects.toThrow(
      expect.objectContaining({ code: 'unsupported-command', message: expect.stringContaining('TransactWriteItems') }),
    );
  });

  it('does not share what it stores with its callers', async () => {
    const { account } = await prepareTable();
    const Item = { image: 'i', parts: ['a'] };
    await account.clients.dynamodb.send(new PutCommand({ TableName: 'rows', Item }));
    Item.parts.push('b');
    const read = async () =>
      (await account.clients.dynamodb.send(new GetCommand({ TableName: 'rows', Key: { image: 'i' } }))).Item;
    (await read())?.parts.push('c');
    expect((await read())?.parts).toEqual(['a']);
  });

  it('keeps expired rows for days, as DynamoDB may', async () => {
    const { account, clock } = await prepareTable();
    const { dynamodb } = account.clients;
    await dynamodb.send(
      new UpdateTimeToLiveCommand({
        TableName: 'rows',
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      }),
    );
    await dynamodb.send(
      new PutCommand({ TableName: 'rows', Item: { image: 'i', expiresAt: clock.now() / 1000 + 60 } }),
    );
    const read = async () => (await dynamodb.send(new GetCommand({ TableName: 'rows', Key: { image: 'i' } }))).Item;
    await clock.advance(24 * 3_600_000);
    expect(await read()).toBeDefined();
    await clock.advance(48 * 3_600_000);
    expect(await read()).toBeUndefined();
  });

  it('hands throttled keys of a batch back as unprocessed', async () => {
    const { account } = await prepareTable();
    account.faults.throttleRate = 0.5;
    const Keys = Array.from({ length: 50 }, (_one, index) => ({ image: `i${index}` }));
    const rounds = Array.from({ length: 20 }, () =>
      account.clients.dynamodb.send(new BatchGetCommand({ RequestItems: { rows: { Keys } } })),
    );
    const settled = await Promise.allSettled(rounds);
    const unprocessed = settled
      .filter((one) => one.status === 'fulfilled')
      .reduce((sum, { value }) => sum + (value.UnprocessedKeys?.rows?.Keys?.length ?? 0), 0);
    expect(unprocessed).toBeGreaterThan(0);
  });

  it('takes 100 keys at once and no more', async () => {
    const { account } = await prepareTable();
    const keys = (count: number) => Array.from({ length: count }, (_one, index) => ({ image: { S: `i${index}` } }));
    const get = (count: number) =>
      account.clients.dynamodb.send(new BatchGetItemCommand({ RequestItems: { rows: { Keys: keys(count) } } }));
    await expect(get(100)).resolves.toMatchObject({ Responses: { rows: [] } });
    await expect(get(101)).rejects.toThrow(invalid);
  });

  it('holds in an index of keys the rows that have them, in order, and nothing else of them', async () => {
    const { account } = prepareAccount();
    const { dynamodb } = account.clients;
    const string = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'rows',
        KeySchema: [{ AttributeName: 'image', KeyType: 'HASH' }],
        AttributeDefinitions: [string('image'), string('due'), { AttributeName: 'dueAt', AttributeType: 'N' }],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'due',
            KeySchema: [
              { AttributeName: 'due', KeyType: 'HASH' },
              { AttributeName: 'dueAt', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      }),
    );
    for (const [image, dueAt] of Object.entries({ a: 3, b: 1, c: undefined, d: 2 })) {
      const time = dueAt === undefined ? {} : { due: 'look', dueAt };
      await dynamodb.send(new PutCommand({ TableName: 'rows', Item: { image, state: 'verified', ...time } }));
    }
    const query = (Limit: number) =>
      dynamodb.send(
        new QueryCommand({
          TableName: 'rows',
          IndexName: 'due',
          KeyConditionExpression: 'due = :look AND dueAt <= :now',
          ExpressionAttributeValues: { ':look': 'look', ':now': 2 },
          Limit,
        }),
      );

    expect((await query(10)).Items).toEqual([
      { image: 'b', due: 'look', dueAt: 1 },
      { image: 'd', due: 'look', dueAt: 2 },
    ]);
    expect((await query(1)).Items).toHaveLength(1);
  });
});
