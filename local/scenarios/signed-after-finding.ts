import { pushBundle, pushNewImage } from './pushing.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'acme/inventory';

export const signedAfterFinding: Scenario = {
  name: 'signed-after-finding',
  title: 'Signed after the finding',
  expectation:
    'The grace time runs out and a finding opens; then the signature comes after all: verified, and the finding is archived.',
  expected: { state: 'verified', finding: 'archived' },
  run: async (world) => {
    const image = await pushNewImage(world, REPOSITORY);
    world.later(world.graceSeconds * 1500, () =>
      pushBundle(world, REPOSITORY, image, world.sigstore.signImageBundle(image.digest, world.releaseWorkflow)),
    );
    return { kind: 'image', repository: REPOSITORY, digest: image.digest };
  },
};
