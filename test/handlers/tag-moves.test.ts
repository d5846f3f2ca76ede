import { afterAll, beforeAll, expect, test } from 'vitest';
import { virtualClock } from '../../local/account/clock.ts';
import { type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { ensureRepository, pushArtifact, pushBundle } from '../../local/scenarios/pushing.ts';
import type { Scenario } from '../../local/scenarios/scenario.ts';
import { buildImage } from '../../local/sigstore/images.ts';
import { seededRandom } from '../local/account/prepare.ts';

const REPOSITORY = 'acme/app';
const GOOD = buildImage('#!/bin/sh\necho good\n');
const OTHER = buildImage('#!/bin/sh\necho other\n');

/** A signed image is replaced under its tag by one that nobody signed. */
const replaced: Scenario = {
  name: 'replaced',
  title: 'Replaced under its tag',
  expectation: 'The tag of a signed image is moved to an unsigned one.',
  expected: { state: 'unsigned', finding: 'open' },
  run: async (world) => {
    await ensureRepository(world, REPOSITORY);
    await pushArtifact(world, REPOSITORY, GOOD, 'v1');
    await pushBundle(world, REPOSITORY, GOOD, world.sigstore.signImageBundle(GOOD.digest, world.releaseWorkflow));
    world.later(60_000, () => pushArtifact(world, REPOSITORY, OTHER, 'v1'));
    return { kind: 'image', repository: REPOSITORY, digest: OTHER.digest };
  },
};

let service: EmbeddedService;
beforeAll(async () => {
  const clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
  service = await startEmbeddedService({ clock, graceSeconds: 600, random: seededRandom(1), onFailure: () => {} });
  await service.run(replaced);
  await service.settle();
}, 60_000);
afterAll(() => service?.stop());

test('the finding about the image tells what its tag pointed to before', () => {
  expect(service.observations.verdictOf(`${REPOSITORY}@${OTHER.digest}`)?.state).toBe('unsigned');
  expect(service.observations.findingOf(`${REPOSITORY}@${OTHER.digest}`)).toMatchObject({
    RecordState: 'ACTIVE',
    Description: expect.stringContaining(`Its tag v1 pointed to ${GOOD.digest} before.`),
    ProductFields: expect.objectContaining({ 'countersign/TagMoves': `v1 from ${GOOD.digest}` }),
  });
});

test('the image that lost its tag stays verified: what was signed is the digest', () => {
  expect(service.observations.verdictOf(`${REPOSITORY}@${GOOD.digest}`)?.state).toBe('verified');
});
