import { afterAll, beforeAll, expect, test } from 'vitest';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import type { ScenarioImage } from '../../local/scenarios/scenario.ts';
import { signedByKey } from '../../local/scenarios/signed-by-key.ts';
import { unsigned } from '../../local/scenarios/unsigned.ts';
import { seededRandom } from '../local/account/prepare.ts';

/** What the functions were deployed with, as they read it when they start. */
let compiled: ((good: string) => string) | undefined;
let service: EmbeddedService;
let clock: VirtualClock;
const images: ScenarioImage[] = [];

async function loadHandler(name: string) {
  const { createHandler } = await import(`../../lambdas/${name}/handler.ts`);
  return {
    createHandler: (wiring: { readonly readCompiledConfig: () => string }) => {
      const original = wiring.readCompiledConfig;
      const deployed = name === 'image-reaction' && compiled !== undefined ? compiled : (good: string) => good;
      return createHandler({ ...wiring, readCompiledConfig: () => deployed(original()) });
    },
  };
}

const FINDING = 'countersign/service/123456789012/eu-west-1/trust-material';
const verdicts = () =>
  images.map(({ repository, digest }) => service.observations.verdictOf(`${repository}@${digest}`)?.state);
const finding = () => service.observations.allFindings().find(({ Id }) => Id === FINDING);

beforeAll(async () => {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12));
});
afterAll(() => service?.stop());

test.each<[string, (good: string) => string]>([
  ['a configuration that is no JSON', () => '{'],
  ['a configuration of another form', () => '{"version":2}'],
  [
    'a configuration that was changed after it was compiled',
    (good) => good.replace('"graceSeconds":600', '"graceSeconds":601'),
  ],
  ['a root that is none', (good) => good.replace('"certificateAuthorities"', '"certificates"')],
  ['a key that is none', (good) => good.replace('BEGIN PUBLIC KEY', 'BEGIN PRIVATE KEY')],
])(
  '%s verifies nothing, says so once and blames no image',
  async (_name, change) => {
    compiled = change;
    service = await startEmbeddedService({
      clock,
      graceSeconds: 600,
      random: seededRandom(1),
      onFailure: () => {},
      loadHandler,
    });
    images.length = 0;
    for (const scenario of [signedByKey, unsigned]) images.push(await service.run(scenario));
    await service.settle();

    expect(verdicts()).toEqual(['error', 'error']);
    expect(finding()).toMatchObject({ RecordState: 'ACTIVE', Compliance: { Status: 'FAILED' } });
    expect(service.observations.allFindings().map(({ Id }) => Id)).toEqual([FINDING]);
    await service.stop();
  },
  60_000,
);
