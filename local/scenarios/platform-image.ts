import { buildImage, buildIndex } from '../sigstore/images.ts';
import { ensureRepository, pushArtifact, pushBundle } from './pushing.ts';
import type { Scenario } from './scenario.ts';

const REPOSITORY = 'acme/desktop';

export const platformImage: Scenario = {
  name: 'platform-image',
  title: 'Listed by a signed index',
  expectation:
    'An image for two platforms is pushed and only its index is signed: the image for each platform is verified by the index that lists it.',
  expected: { state: 'verified', finding: 'archived' },
  run: async (world) => {
    const number = world.nextNumber();
    const platforms = ['arm64', 'amd64'].map((architecture) => ({
      architecture,
      image: buildImage(`#!/bin/sh\necho "build ${number} for ${architecture}"\n`, architecture),
    }));
    const index = buildIndex(platforms);
    await ensureRepository(world, REPOSITORY);
    for (const { image } of platforms) await pushArtifact(world, REPOSITORY, image);
    await pushArtifact(world, REPOSITORY, index, `1.0.${number}`);
    await pushBundle(world, REPOSITORY, index, world.sigstore.signImageBundle(index.digest, world.releaseWorkflow));
    const [first] = platforms;
    return { kind: 'image', repository: REPOSITORY, digest: first?.image.digest ?? index.digest };
  },
};
