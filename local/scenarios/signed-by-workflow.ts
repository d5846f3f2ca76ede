import { pushBundle, pushNewImage } from './pushing.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'acme/web';

export const signedByWorkflow: Scenario = {
  name: 'signed',
  title: 'Signed by the workflow',
  expectation:
    'The image is pushed and signed keyless by the workflow that the policy names: verified, and its finding is archived as passed.',
  expected: { state: 'verified', finding: 'archived' },
  run: async (world) => {
    const image = await pushNewImage(world, REPOSITORY);
    await pushBundle(world, REPOSITORY, image, world.sigstore.signImageBundle(image.digest, world.releaseWorkflow));
    return { kind: 'image', repository: REPOSITORY, digest: image.digest };
  },
};
