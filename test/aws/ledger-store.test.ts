import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { type LedgerStore, ledgerStore } from '../../lambdas/aws/ledger-store.ts';
import { limitsOf } from '../../lambdas/core/ledger/limits.ts';
import { type LedgerRecord, openRecord, transition, verifyRecord } from '../../lambdas/core/ledger/record.ts';
import { virtualClock } from '../../local/account/clock.ts';
import { createEmbeddedAccount } from '../../local/account/index.ts';
import { approvalOf, eventOf, examplePlan } from '../support/plans.ts';

const account = () =>
  createEmbeddedAccount({ id: '123456789012', region: 'eu-west-1', clock: virtualClock(0), random: () => 0.5 });
const plan = examplePlan();
const opened = openRecord(plan, 1000);

function follow(record: LedgerRecord): LedgerRecord {
  const next = transition(record, eventOf(approvalOf(plan), 'a'));
  if (!next.ok) throw new Error(next.refusal.message);
  return next.record;
}

let dynamodb: ReturnType<typeof account>['clients']['dynamodb'];
let store: LedgerStore;
beforeEach(async () => {
  ({ dynamodb } = account().clients);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'ledger',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'plan', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'plan', AttributeType: 'S' }],
    }),
  );
  store = ledgerStore(dynamodb, 'ledger');
});

describe('the ledger table', () => {
  it('gives back a plan to the letter, so that its history holds', async () => {
    await store.open(opened);
    await store.write(follow(opened), opened);

    const read = await store.read(plan.id);

    expect(read).toEqual(follow(opened));
    expect(() => verifyRecord(read ?? opened)).not.toThrow();
  });

  it('opens a plan once and keeps what became of it', async () => {
    const first = await store.open(opened);
    await store.write(follow(opened), opened);

    const again = await store.open(opened);

    expect([first, again]).toEqual([true, false]);
    expect((await store.read(plan.id))?.progress.state).toBe('approved');
  });

  it('takes what follows the row as it was read, from one of two writers', async () => {
    await store.open(opened);

    const both = await Promise.all([store.write(follow(opened), opened), store.write(follow(opened), opened)]);

    expect(both.sort()).toEqual([false, true]);
  });

  it('refuses a row that is not a plan, or not the one asked for', async () => {
    await store.open(opened);
    const { Item } = await dynamodb.send(new GetCommand({ TableName: 'ledger', Key: { plan: plan.id } }));
    const other = examplePlan({ mode: 'enforce' });
    const broken = [
      { ...Item, body: '{' },
      { ...Item, body: '{}' },
      { ...Item, revision: 7 },
      { ...Item, plan: other.id },
    ];

    for (const row of broken) {
      await dynamodb.send(new PutCommand({ TableName: 'ledger', Item: row }));
      const id = 'plan' in row && row.plan === other.id ? other.id : plan.id;
      await expect(store.read(id)).rejects.toMatchObject({ code: 'malformed-row' });
    }
  });

  it('counts plans toward a limit, each once, until it is reached', async () => {
    const [limit] = limitsOf(plan, { perRule: 2, perGroup: 2 });
    if (limit === undefined) throw new Error('no limit');
    const take = (name: string) => store.take(limit, { plan: name, at: 5000 });

    const taken = [await take('a'), await take('a'), await take('b'), await take('c')];

    expect(taken.map((reason) => reason?.code)).toEqual([undefined, undefined, undefined, 'limit-reached']);
  });

  it('leaves no more room when everybody asks at once', async () => {
    const [limit] = limitsOf(plan, { perRule: 2, perGroup: 2 });
    if (limit === undefined) throw new Error('no limit');

    const taken = await Promise.all(['a', 'b', 'c', 'd'].map((name) => store.take(limit, { plan: name, at: 5000 })));

    expect(taken.filter((reason) => reason === undefined)).toHaveLength(2);
  });
});
