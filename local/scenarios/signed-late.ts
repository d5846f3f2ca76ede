import { pushBundle, pushNewImage } from './pushing.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'acme/mail';

export const signedLate: Scenario = {
  name: 'signed-late',
  title: 'Signature arrives late',
  expectation:
    'The signature is pushed when nearly half of the grace time is over: pending first, then verified, and no finding was ever open.',
  expected: { state: 'verified', finding: 'archived' },
  run: async (world) => {
    const image = await pushNewImage(world, REPOSITORY);
    world.later(world.graceSeconds * 400, () =>
      pushBundle(world, REPOSITORY, image, world.sigstore.signImageBundle(image.digest, world.releaseWorkflow)),
    );
    return { kind: 'image', repository: REPOSITORY, digest: image.digest };
  },
};
