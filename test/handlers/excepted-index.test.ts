import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashConfig } from '../../lambdas/core/config/hash.ts';
import { EXCEPTION_TYPE } from '../../lambdas/core/trust/exception.ts';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { ensureRepository, pushArtifact } from '../../local/scenarios/pushing.ts';
import type { Scenario } from '../../local/scenarios/scenario.ts';
import { buildBundleReferrer, buildImage, buildIndex } from '../../local/sigstore/images.ts';
import { testConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';

const START = Date.UTC(2026, 10, 23, 12, 0, 0);
const HOUR = 3_600_000;
const REPOSITORY = 'acme/desktop';
const IMAGE = buildImage('#!/bin/sh\necho unsigned\n');
const INDEX = buildIndex([{ image: IMAGE, architecture: 'arm64' }]);

/** Nobody signed the index; the holder of the key excepts it for two hours. */
const excepted: Scenario = {
  name: 'excepted-index',
  title: 'An index that is excepted',
  expectation: 'Index and image are verified while the exception holds, and no longer.',
  expected: { state: 'unsigned', finding: 'open' },
  run: async (world) => {
    const now = world.account.clock.now();
    const [issued, expires] = [now, now + 2 * HOUR].map((time) => new Date(time).toISOString());
    const predicate = { reason: 'the signer is down', issued, expires };
    const bundle = world.sigstore.attest(INDEX.digest, EXCEPTION_TYPE, predicate, world.releaseKey);
    await ensureRepository(world, REPOSITORY);
    await pushArtifact(world, REPOSITORY, IMAGE);
    await pushArtifact(world, REPOSITORY, INDEX, 'v1');
    const described = { predicateType: EXCEPTION_TYPE, created: issued ?? '' };
    await pushArtifact(world, REPOSITORY, buildBundleReferrer(INDEX, bundle, described));
    return { kind: 'image', repository: REPOSITORY, digest: IMAGE.digest };
  },
};

/** The configuration of the embedded account, with an image policy that knows exceptions. */
function withExceptions(compiled: string): string {
  const { hash: _hash, ...rest } = JSON.parse(compiled);
  for (const policy of rest.trust.policy.images) policy.exceptions = { approvedBy: 'release-key', longest: '1d' };
  return JSON.stringify({ ...rest, hash: hashConfig(rest) });
}

async function loadHandler(name: string) {
  const { createHandler } = await import(`../../lambdas/${name}/handler.ts`);
  return {
    createHandler: (wiring: { readonly readCompiledConfig: () => string }) =>
      createHandler({ ...wiring, readCompiledConfig: () => withExceptions(wiring.readCompiledConfig()) }),
  };
}

let service: EmbeddedService;
let clock: VirtualClock;
const stateOf = ({ digest }: { readonly digest: string }) =>
  service.observations.verdictOf(`${REPOSITORY}@${digest}`)?.state;

beforeAll(async () => {
  clock = virtualClock(START);
  service = await startEmbeddedService({
    clock,
    graceSeconds: 600,
    random: seededRandom(1),
    onFailure: () => {},
    loadHandler,
    template: describeTemplate(testConfiguration.compiled),
  });
  await service.run(excepted);
  await clock.advance(HOUR);
}, 60_000);
afterAll(() => service?.stop());

test('the exception of an index covers what it lists while it holds, and no longer', async () => {
  const during = [INDEX, IMAGE].map(stateOf);
  await clock.advance(4 * HOUR);
  const after = [INDEX, IMAGE].map(stateOf);

  expect(during).toEqual(['verified', 'verified']);
  expect(after).toEqual(['unsigned', 'unsigned']);
  expect(service.observations.findingOf(`${REPOSITORY}@${IMAGE.digest}`)).toMatchObject({ RecordState: 'ACTIVE' });
});
