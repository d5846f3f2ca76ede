import { pushNewImage } from './pushing.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'acme/batch';

export const unsigned: Scenario = {
  name: 'unsigned',
  title: 'Never signed',
  expectation: 'Nobody signs the image: it stays pending for the grace time, then it is unsigned and a finding opens.',
  expected: { state: 'unsigned', finding: 'open' },
  run: async (world) => {
    const image = await pushNewImage(world, REPOSITORY);
    return { kind: 'image', repository: REPOSITORY, digest: image.digest };
  },
};
