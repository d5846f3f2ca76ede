import { pushBundle, pushNewImage } from './pushing.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'acme/search';

export const altered: Scenario = {
  name: 'altered',
  title: 'Altered after signing',
  expectation:
    'The signed statement was changed afterwards: the signature no longer covers it, so it is invalid at once and a finding opens.',
  expected: { state: 'invalid', finding: 'open' },
  run: async (world) => {
    const image = await pushNewImage(world, REPOSITORY);
    const bundle = world.sigstore.signImageBundle(image.digest, world.releaseWorkflow, {
      flaws: { alteredPayload: true },
    });
    await pushBundle(world, REPOSITORY, image, bundle);
    return { kind: 'image', repository: REPOSITORY, digest: image.digest };
  },
};
