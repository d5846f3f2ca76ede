import { DeleteRepositoryCommand } from '@aws-sdk/client-ecr';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { deleteImage } from '../../local/scenarios/pushing.ts';
import type { Scenario, ScenarioImage } from '../../local/scenarios/scenario.ts';
import { unsigned } from '../../local/scenarios/unsigned.ts';
import { testConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';

const HOUR = 3_600_000;
const template = describeTemplate(testConfiguration.compiled);

let clock: VirtualClock;
let service: EmbeddedService;

beforeEach(async () => {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12));
  service = await startEmbeddedService({
    clock,
    graceSeconds: 600,
    random: seededRandom(1),
    onFailure: () => {},
    template,
  });
});
afterEach(() => service.stop());

const findingOf = ({ repository, digest }: ScenarioImage) =>
  service.observations.findingOf(`${repository}@${digest}`)?.RecordState;

test.each<[string, (image: ScenarioImage) => Scenario['run']]>([
  [
    'an image',
    (image) => async (world) => {
      await deleteImage(world, image);
      return image;
    },
  ],
  [
    'a repository',
    (image) =>
      async ({ account }) => {
        await account.clients.ecr.send(new DeleteRepositoryCommand({ repositoryName: image.repository, force: true }));
        return image;
      },
  ],
])('the finding about %s that was deleted without an event is closed by the sweep', async (_what, remove) => {
  const image = await service.run(unsigned);
  const other = await service.run({ ...unsigned, run: (world) => unsigned.run({ ...world, nextNumber: () => 99 }) });
  await clock.advance(3.5 * HOUR);
  const before = findingOf(image);
  service.account.faults.lossRate = 1;
  await service.run({ ...unsigned, run: remove(image) });
  await clock.advance(HOUR + 12 * 60_000);

  expect(before).toBe('ACTIVE');
  expect(findingOf(image)).toBe('ARCHIVED');
  expect(findingOf(other)).toBe(_what === 'an image' ? 'ACTIVE' : 'ARCHIVED');
});
