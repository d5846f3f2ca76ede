import { pushBundle, pushNewImage } from './pushing.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'vault/keys';

export const signedInQuarantine: Scenario = {
  name: 'signed-in-quarantine',
  title: 'Signed while it is in quarantine',
  expectation:
    'Nobody signs the image in time and it is archived; then its signature comes after all: verified, and the quarantine is taken back by the rule that asked for it.',
  expected: { state: 'verified', finding: 'archived' },
  run: async (world) => {
    const image = await pushNewImage(world, REPOSITORY);
    world.later(world.graceSeconds * 2500, () =>
      pushBundle(world, REPOSITORY, image, world.sigstore.signImageBundle(image.digest, world.releaseWorkflow)),
    );
    return { kind: 'image', repository: REPOSITORY, digest: image.digest };
  },
};
