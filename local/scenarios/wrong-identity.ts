import { githubWorkflow } from '../sigstore/fulcio.ts';
import { pushBundle, pushNewImage } from './pushing.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'acme/gateway';

export const wrongIdentity: Scenario = {
  name: 'wrong-identity',
  title: 'Signed by somebody else',
  expectation:
    'The signature is in order, but a fork made it and not the workflow that the policy names: invalid, and a finding opens.',
  expected: { state: 'invalid', finding: 'open' },
  run: async (world) => {
    const image = await pushNewImage(world, REPOSITORY);
    const stranger = githubWorkflow('mallory/release');
    await pushBundle(world, REPOSITORY, image, world.sigstore.signImageBundle(image.digest, stranger));
    return { kind: 'image', repository: REPOSITORY, digest: image.digest };
  },
};
