import { pushBundle, pushNewImage } from './pushing.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'acme/reports';

export const badBesideGood: Scenario = {
  name: 'bad-beside-good',
  title: 'Bad beside good referrer',
  expectation:
    'Somebody hung rubbish on the image beside its genuine signature: the rubbish neither passes nor blocks, so it is verified.',
  expected: { state: 'verified', finding: 'archived' },
  run: async (world) => {
    const image = await pushNewImage(world, REPOSITORY);
    const genuine = world.sigstore.signImageBundle(image.digest, world.releaseWorkflow);
    await pushBundle(world, REPOSITORY, image, genuine);
    await pushBundle(world, REPOSITORY, image, { bytes: Buffer.from('{"mediaType":"not a bundle') });
    return { kind: 'image', repository: REPOSITORY, digest: image.digest };
  },
};
