import { pushNewImage } from './pushing.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'sandbox/playground';

export const outsidePolicy: Scenario = {
  name: 'outside-policy',
  title: 'Outside the policy',
  expectation: 'No image policy names the repository and others are to be ignored: there is no verdict and no finding.',
  expected: { state: 'none', finding: 'none' },
  run: async (world) => {
    const image = await pushNewImage(world, REPOSITORY);
    return { kind: 'image', repository: REPOSITORY, digest: image.digest };
  },
};
