import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { sweepMarkStore } from '../../lambdas/aws/sweep-mark-store.ts';
import { virtualClock } from '../../local/account/clock.ts';
import { createEmbeddedAccount } from '../../local/account/index.ts';
import { seededRandom } from '../local/account/prepare.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const arn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const mark = (startedAt: number, wanted = [arn('a')]) => ({ startedAt, wanted, leftOut: [arn('b')], unread: [] });

async function prepare() {
  const clock = virtualClock(NOON);
  const { clients } = createEmbeddedAccount({
    id: '123456789012',
    region: 'eu-west-1',
    clock,
    random: seededRandom(1),
  });
  await clients.dynamodb.send(
    new CreateTableCommand({
      TableName: 'drift',
      AttributeDefinitions: [{ AttributeName: 'resource', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'resource', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  return { dynamodb: clients.dynamodb, store: sweepMarkStore(clients.dynamodb, 'drift') };
}

describe('the mark of a sweep', () => {
  it('is read as it was noted, and gives way to a later one only', async () => {
    const { store } = await prepare();
    expect(await store.read()).toBeUndefined();

    await store.note(mark(NOON));
    expect(await store.read()).toEqual(mark(NOON));

    await store.note(mark(NOON - 1, []));
    await store.note(mark(NOON, []));
    expect(await store.read()).toEqual(mark(NOON));

    await store.note(mark(NOON + 1, []));
    expect(await store.read()).toEqual(mark(NOON + 1, []));
  });

  it('says nothing where it is too large for its row', async () => {
    const { store } = await prepare();
    await store.note(mark(NOON));

    await store.note(
      mark(
        NOON + 1,
        Array.from({ length: 8000 }, (_, number) => arn(`role-${number}`)),
      ),
    );

    expect(await store.read()).toBeUndefined();
  });

  it('that cannot be read is an error', async () => {
    const { store, dynamodb } = await prepare();
    await dynamodb.send(new PutCommand({ TableName: 'drift', Item: { resource: 'last sweep', startedAt: 'x' } }));

    await expect(store.read()).rejects.toMatchObject({ code: 'malformed-row' });
  });
});
