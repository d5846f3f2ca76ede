import { deleteImage, pushBundle, pushNewImage } from './pushing.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'acme/legacy';

export const deleted: Scenario = {
  name: 'deleted',
  title: 'Deleted after a finding',
  expectation:
    'The signature is not over this image, a finding opens, then the image is deleted: the finding is archived.',
  expected: { state: 'gone', finding: 'archived' },
  run: async (world) => {
    const image = await pushNewImage(world, REPOSITORY);
    const bundle = world.sigstore.signImageBundle(image.digest, world.releaseWorkflow, {
      flaws: { wrongSubject: true },
    });
    await pushBundle(world, REPOSITORY, image, bundle);
    const found = { kind: 'image', repository: REPOSITORY, digest: image.digest } as const;
    world.later(world.graceSeconds * 400, () => deleteImage(world, found));
    return found;
  },
};
