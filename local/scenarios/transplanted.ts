import { pushBundle, pushNewImage } from './pushing.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'acme/checkout';

export const transplanted: Scenario = {
  name: 'transplanted',
  title: "Another image's signature",
  expectation:
    'A genuine signature of another image hangs on this one: the digests differ, so it is invalid at once and a finding opens.',
  expected: { state: 'invalid', finding: 'open' },
  run: async (world) => {
    const victim = await pushNewImage(world, REPOSITORY);
    const genuine = world.sigstore.signImageBundle(victim.digest, world.releaseWorkflow);
    await pushBundle(world, REPOSITORY, victim, genuine);
    const image = await pushNewImage(world, REPOSITORY);
    await pushBundle(world, REPOSITORY, image, genuine);
    return { kind: 'image', repository: REPOSITORY, digest: image.digest };
  },
};
