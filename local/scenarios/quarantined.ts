import { pushNewImage } from './pushing.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'vault/ledger';

export const quarantined: Scenario = {
  name: 'quarantined',
  title: 'Never signed, and put into quarantine',
  expectation:
    'Nobody signs the image, and its policy enforces a quarantine: once it counts as unsigned it is tagged and archived, so that nobody can pull it, and the finding says how to take that back.',
  expected: { state: 'unsigned', finding: 'open' },
  run: async (world) => {
    const image = await pushNewImage(world, REPOSITORY);
    return { kind: 'image', repository: REPOSITORY, digest: image.digest };
  },
};
