import { pushLegacySignature, pushNewImage } from './pushing.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'acme/billing';

export const signedByKey: Scenario = {
  name: 'signed-by-key',
  title: 'Signed with the key',
  expectation:
    'The signature is a legacy .sig tag made with the pinned release key: verified, and its finding is archived as passed.',
  expected: { state: 'verified', finding: 'archived' },
  run: async (world) => {
    const image = await pushNewImage(world, REPOSITORY);
    const reference = `${world.account.id}.dkr.ecr.${world.account.region}.amazonaws.com/${REPOSITORY}`;
    const layer = world.sigstore.signLegacy(image.digest, reference, world.releaseKey);
    await pushLegacySignature(world, REPOSITORY, image, layer);
    return { kind: 'image', repository: REPOSITORY, digest: image.digest };
  },
};
