import { RepositoryNotFoundException } from '@aws-sdk/client-ecr';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Digest } from '../../lambdas/core/digest.ts';
import { describeTemplate } from '../../local/embedded-service.ts';
import { testConfiguration } from '../infra/configuration.ts';
import { SweepWorld } from '../support/sweep-world.ts';

const template = describeTemplate(testConfiguration.compiled);
const HOUR = 3_600_000;
const OLD = `sha256:${'0'.repeat(64)}`;

let world: SweepWorld;
beforeEach(async () => {
  world = await SweepWorld.start(template);
});
afterEach(() => world.service.stop());

const names = (repository: string, digests: readonly Digest[]) => digests.map((digest) => `${repository}@${digest}`);
const askedNames = () => world.asked().map(({ name }) => name);

describe('what does not fit into a run', () => {
  test('is the beginning of the next one, until all have had their turn', async () => {
    const all = [];
    for (const name of ['acme/a', 'acme/b', 'acme/c']) all.push(...names(name, await world.fill(name, 4)));
    const asked: string[][] = [];
    const results = [];
    for (let run = 0; run < 3; run += 1) {
      results.push(await world.run({ asks: 5 }));
      asked.push(askedNames());
    }

    expect(asked.map((list) => list.length)).toEqual([5, 5, 5]);
    expect(asked.flat().slice(0, 12)).toEqual(all);
    expect(results[0]).toMatchObject({ images: 12, asks: 5, backlog: 7, cutShort: false, isRoundOver: true });
  });

  test('waits where verdicts are old, and not where nobody has looked yet, wherever that is', async () => {
    const old = await world.fill('acme/a', 6);
    for (const digest of old) await world.judge('acme/a', digest, { policyHash: OLD });
    const fresh = names('acme/z', await world.fill('acme/z', 2));
    const first = await world.run({ asks: 4, inTurn: 2 });
    const asked = askedNames();
    await world.run({ asks: 4, inTurn: 2 });

    expect(asked).toEqual([...names('acme/a', old.slice(0, 2)), ...fresh]);
    expect(first.backlog).toBe(4);
    expect(askedNames().filter((name) => name.startsWith('acme/a'))).toEqual(names('acme/a', old.slice(2, 4)));
  });

  test('never begins with the same images again, though they go on needing a look', async () => {
    const open = await world.fill('acme/a', 6);
    for (const digest of open) await world.judge('acme/a', digest, { state: 'unsigned', findingOpen: true });
    const last = await world.fill('acme/b', 2);
    for (const digest of last) await world.judge('acme/b', digest, { state: 'unsigned', findingOpen: true });
    const asked = new Set<string>();
    for (let run = 0; run < 4; run += 1) {
      await world.run({ asks: 2 });
      for (const name of askedNames()) asked.add(name);
    }

    expect([...asked]).toEqual([...names('acme/a', open), ...names('acme/b', last)]);
  });
});

describe('a run that comes to the end of its time or of its calls', () => {
  test.each([
    ['calls', { calls: 7 }, undefined],
    ['time', {}, 3],
  ])('goes on where it left off, until the round is over: %s', async (_what, limits, pages) => {
    const all: string[] = [];
    for (const name of ['acme/a', 'acme/b', 'acme/c', 'acme/d', 'acme/e'])
      all.push(...names(name, await world.fill(name, 1)));
    const asked: string[] = [];
    const rounds: boolean[] = [];
    for (let run = 0; run < 3; run += 1) {
      let seen = 0;
      world.disturb = ({ command }) => {
        if (command === 'DescribeImagesCommand') seen += 1;
      };
      world.timeLeft = () => (pages !== undefined && seen >= pages ? 1000 : 900_000);
      const { isRoundOver, cutShort } = await world.run(limits);
      rounds.push(isRoundOver);
      asked.push(...askedNames());
      expect(cutShort).toBe(true);
    }

    expect(new Set(asked)).toEqual(new Set(all));
    expect(rounds).toContain(true);
    expect(rounds[0]).toBe(false);
  });

  test('is not held up by a repository that is too large for any run', async () => {
    await world.fill('acme/a', 101);
    const last = names('acme/b', await world.fill('acme/b', 1));
    const asked = new Set<string>();
    for (let run = 0; run < 3; run += 1) {
      const { isRoundOver } = await world.run({ calls: 4, asks: 1000 });
      for (const name of askedNames()) asked.add(name);
      expect(isRoundOver).toBe(false);
    }

    expect([...asked]).toEqual(expect.arrayContaining(last));
    expect(asked.size).toBeGreaterThan(50);
  });
});

describe('a run that crashes', () => {
  test('loses nothing: what was not sent is asked for by the next', async () => {
    const all = names('acme/a', await world.fill('acme/a', 25));
    let batches = 0;
    world.disturb = ({ command }) => {
      if (command !== 'SendMessageBatchCommand') return;
      batches += 1;
      if (batches === 2) throw new Error('the connection broke');
    };
    await expect(world.run()).rejects.toThrow('the connection broke');
    await world.run();

    expect(askedNames()).toEqual(all);
  });

  test('has noted how far it came, and nothing lies unsent before that', async () => {
    for (let number = 0; number < 120; number += 1) await world.fill(`acme/${String(number).padStart(3, '0')}`, 0);
    const early = names('acme/000-first', await world.fill('acme/000-first', 3));
    world.timeLeft = () => {
      if (world.count('DescribeImagesCommand') === 115) throw new Error('out of memory');
      return 900_000;
    };
    await expect(world.run()).rejects.toThrow('out of memory');
    const before = askedNames();
    world.timeLeft = () => 900_000;
    await world.run({ calls: 5 });
    const [first] = world.sent.filter(({ command }) => command === 'DescribeImagesCommand');

    expect(before).toEqual(early);
    expect(String(first?.input.repositoryName) > 'acme/090').toBe(true);
  });
});

describe('what is due by its time', () => {
  test('comes first, whatever else there is and wherever it lies', async () => {
    for (const digest of await world.fill('acme/a', 5)) await world.judge('acme/a', digest, { policyHash: OLD });
    const [ended, later, lost] = await world.fill('acme/z', 3);
    if (ended === undefined || later === undefined || lost === undefined) throw new Error('three images are there');
    const now = world.clock.now();
    await world.judge('acme/z', later, { validUntil: now - 1000 });
    await world.judge('acme/z', ended, { validUntil: now - 2 * HOUR });
    await world.judge('acme/z', lost, { state: 'pending', nextCheckAt: now - HOUR });
    await world.run({ asks: 3, calls: 3 });

    expect(askedNames()).toEqual(names('acme/z', [ended, later, lost]));
  });

  test('is what ends before the next run too, and is asked for once', async () => {
    const [soon, last] = await world.fill('acme/a', 2);
    if (soon === undefined || last === undefined) throw new Error('two images are there');
    await world.judge('acme/a', soon, { validUntil: world.clock.now() + HOUR - 1 });
    await world.judge('acme/a', last, { validUntil: world.clock.now() + HOUR + 1000 });
    await world.run();

    expect(askedNames()).toEqual(names('acme/a', [soon]));
  });
});

describe('a repository that cannot be read', () => {
  test('stops no other, and the round is not over', async () => {
    await world.fill('acme/a', 1);
    const other = names('acme/b', await world.fill('acme/b', 1));
    world.disturb = ({ command, input }) => {
      if (command === 'DescribeImagesCommand' && input.repositoryName === 'acme/a') {
        throw Object.assign(new Error('an explicit deny'), { name: 'AccessDeniedException', $fault: 'client' });
      }
    };
    const result = await world.run();

    expect(askedNames()).toEqual(other);
    expect(result).toMatchObject({ unreadable: 1, isRoundOver: false, cutShort: false });
  });

  test('because one of its verdicts is none, stops no other either', async () => {
    const [broken] = await world.fill('acme/a', 1);
    const other = names('acme/b', await world.fill('acme/b', 1));
    const { environment, clients } = { environment: world.environment, clients: world.service.account.clients };
    const image = `123456789012/eu-west-1/acme/a@${broken}`;
    await clients.dynamodb.send(
      new PutCommand({ TableName: environment.VERDICT_TABLE, Item: { image, state: 'fine' } }),
    );
    const result = await world.run();

    expect(askedNames()).toEqual(other);
    expect(result).toMatchObject({ unreadable: 1, isRoundOver: false });
  });

  test('since it was deleted meanwhile, is no fault', async () => {
    await world.fill('acme/a', 1);
    world.disturb = ({ command }) => {
      if (command === 'DescribeImagesCommand')
        throw new RepositoryNotFoundException({ message: 'not there', $metadata: {} });
    };

    expect(await world.run()).toMatchObject({ unreadable: 0, isRoundOver: true });
  });

  test('like twenty others before it, ends the run: that is no matter of one repository', async () => {
    for (let number = 0; number < 25; number += 1) await world.fill(`acme/${number}`, 0);
    world.disturb = ({ command }) => {
      if (command === 'DescribeImagesCommand') throw new Error('no network');
    };

    await expect(world.run()).rejects.toThrow('no network');
    expect(world.count('DescribeImagesCommand')).toBe(20);
  });
});

test('what is asked for is spread over ten minutes, ten in one call', async () => {
  await world.fill('acme/a', 60);
  await world.run();
  const delays = world.asked().map(({ delay }) => delay);

  expect(delays).toHaveLength(60);
  expect(Math.max(...delays)).toBeLessThanOrEqual(600);
  expect(new Set(delays).size).toBeGreaterThan(10);
  expect(world.count('SendMessageBatchCommand')).toBe(6);
});

test('a sweep without changes costs two calls for each hundred images, and five for itself', async () => {
  const judgeAll = async (name: string, count: number) => {
    for (const digest of await world.fill(name, count)) await world.judge(name, digest);
  };
  await judgeAll('acme/a', 250);
  await judgeAll('acme/b', 1);
  // What the policy ignores is not read.
  await world.fill('other/ignored', 3);
  // What is told of repositories with mutable tags is told once.
  await world.run();
  const result = await world.run();

  expect(result).toMatchObject({ images: 251, asks: 0, backlog: 0, isRoundOver: true });
  expect(world.sent.map(({ command }) => command.replace(/(?:Item)?Command$/, ''))).toEqual([
    'DescribeRepositories',
    ...['Get', 'Query', 'Get'],
    ...Array.from({ length: 3 + 1 }, () => ['DescribeImages', 'BatchGet']).flat(),
    'Query',
  ]);
});
