import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { virtualClock } from '../../local/account/clock.ts';
import { type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { IMAGE_SCENARIOS } from '../../local/scenarios/index.ts';
import type { Scenario, ScenarioImage } from '../../local/scenarios/scenario.ts';
import { seededRandom } from './account/prepare.ts';

const START = Date.UTC(2026, 10, 23, 12, 0, 0);
/** Each scenario this many times: some seventy images. */
const ROUNDS = 6;
const EVENTS = 1000;

/**
 * A thousand events for some seventy images, most of them several times, in an order of their own, while AWS answers three calls of ten with throttling. Security Hub
 * must hold one finding for each image that is due one, and each verdict must be the one of a quiet day.
 */
describe('a storm', () => {
  let service: EmbeddedService;
  const images: { readonly scenario: Scenario; readonly image: ScenarioImage }[] = [];
  let events = 0;

  beforeAll(async () => {
    const random = seededRandom(3);
    const clock = virtualClock(START);
    service = await startEmbeddedService({ clock, graceSeconds: 600, random, onFailure: () => {} });
    const { account } = service;
    // What ECR sends is kept and sent again later, several times over.
    const sent: unknown[] = [];
    account.onTimeline(({ step, detail }) => {
      if (step === 'event' && isEcrEvent(detail)) sent.push(detail);
    });
    Object.assign(account.faults, { throttleRate: 0.3, duplicateRate: 0.2, reorder: true });
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const scenario of IMAGE_SCENARIOS) images.push({ scenario, image: await service.run(scenario) });
      await clock.advance(5_000);
    }
    const known = [...sent];
    while (sent.length < EVENTS) account.emit(known[Math.floor(random() * known.length)]);
    await service.settle();
    // What the storm cost more tries than a queue gives is the sweep's to bring to its end.
    Object.assign(account.faults, { throttleRate: 0, duplicateRate: 0, reorder: false });
    await clock.advance(2 * 3_600_000);
    await service.settle();
    events = sent.length;
  }, 120_000);

  afterAll(() => service?.stop());

  test('is one', () => {
    expect(events).toBeGreaterThanOrEqual(EVENTS);
    expect(new Set(images.map(({ image }) => image.digest)).size).toBe(images.length);
  });

  test('changes no verdict', () => {
    const wrong = images.flatMap(({ scenario, image }) => {
      const state = service.observations.verdictOf(`${image.repository}@${image.digest}`)?.state ?? 'none';
      return state === scenario.expected.state
        ? []
        : [`${scenario.name}: ${state}, expected ${scenario.expected.state}`];
    });

    expect(wrong).toEqual([]);
  });

  test('leaves one finding for each image, open where it should be', () => {
    const wrong = images.flatMap(({ scenario, image }) => {
      const id = `${image.repository}@${image.digest}`;
      const found = service.observations.allFindings().filter(({ Id }) => Id.endsWith(`/${id}`));
      const record = found.length > 1 ? 'several' : (found[0]?.RecordState ?? 'none');
      const expected = { open: 'ACTIVE', archived: 'ARCHIVED', none: 'none' }[scenario.expected.finding];
      return record === expected ? [] : [`${scenario.name}: ${record}, expected ${expected}`];
    });

    expect(wrong).toEqual([]);
  });
});

function isEcrEvent(detail: unknown): boolean {
  return typeof detail === 'object' && detail !== null && 'source' in detail && detail.source === 'aws.ecr';
}
