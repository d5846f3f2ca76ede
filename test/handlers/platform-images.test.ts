import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { containmentStore } from '../../lambdas/aws/containment-store.ts';
import { digestOf } from '../../lambdas/core/digest.ts';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { platformImage } from '../../local/scenarios/platform-image.ts';
import { seededRandom } from '../local/account/prepare.ts';

const START = Date.UTC(2026, 10, 23, 12, 0, 0);
let service: EmbeddedService;
let clock: VirtualClock;
/** The name that the template gave to the table. */
let table = '';

async function loadHandler(name: string) {
  const { createHandler } = await import(`../../lambdas/${name}/handler.ts`);
  return {
    createHandler: (wiring: { readonly environment: Readonly<Record<string, string>> }) => {
      table ||= wiring.environment.VERDICT_TABLE ?? '';
      return createHandler(wiring);
    },
  };
}

beforeAll(async () => {
  clock = virtualClock(START);
  service = await startEmbeddedService({
    clock,
    graceSeconds: 600,
    random: seededRandom(1),
    onFailure: () => {},
    loadHandler,
  });
  await service.run(platformImage);
  await service.settle();
}, 60_000);
afterAll(() => service?.stop());

test('the index and both images that it lists are verified, and no finding was ever open', () => {
  expect(service.observations.allVerdicts().map(({ state }) => state)).toEqual(['verified', 'verified', 'verified']);
  expect(service.account.timeline().filter(({ step, detail }) => step === 'finding' && isOpen(detail))).toEqual([]);
});

test('the evidence names the index', () => {
  const [index] = service.observations.allVerdicts().filter(({ tags }) => tags.length > 0);
  const covered = service.observations.allVerdicts().filter(({ tags }) => tags.length === 0);

  expect(covered).toHaveLength(2);
  for (const { reasons } of covered) {
    expect(reasons[0]).toMatchObject({
      code: 'covered-by-index',
      message: expect.stringContaining(index?.digest ?? '?'),
    });
  }
});

test('an image that is listed by ever more indexes keeps the newest', async () => {
  const { dynamodb } = service.account.clients;
  const store = containmentStore(dynamodb, table, () => clock.now());
  const name = { account: '123456789012', region: 'eu-west-1', repository: 'acme/desktop' };
  const child = digestOf('a child');

  for (let number = 0; number < 101; number += 1) {
    await store.note({ ...name, digest: digestOf(`index ${number}`) }, [child]);
  }
  const containers = await store.containersOf({ ...name, digest: child });

  expect(containers.map(({ digest }) => digest)).toEqual([digestOf('index 100')]);
});

test('a note that was tampered with is not read', async () => {
  const { dynamodb } = service.account.clients;
  const image = {
    account: '123456789012',
    region: 'eu-west-1',
    repository: 'acme/desktop',
    digest: digestOf('another'),
  };
  await dynamodb.send(
    new UpdateCommand({
      TableName: table,
      Key: { image: `listed ${image.account}/${image.region}/${image.repository}@${image.digest}` },
      UpdateExpression: 'SET containers = :x',
      ExpressionAttributeValues: { ':x': new Set(['not a digest']) },
    }),
  );

  await expect(containmentStore(dynamodb, table, () => 0).containersOf(image)).rejects.toThrow();
});

function isOpen(detail: unknown): boolean {
  return typeof detail === 'object' && detail !== null && 'RecordState' in detail && detail.RecordState === 'ACTIVE';
}
