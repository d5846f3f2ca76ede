import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  RepositoryAlreadyExistsException,
} from '@aws-sdk/client-ecr';
import { pushImage } from '../account/push-image.ts';
import {
  type Artifact,
  buildBundleReferrer,
  buildImage,
  buildSignatureManifest,
  legacyTag,
} from '../sigstore/images.ts';
import type { BundleJson, LegacyLayer } from '../sigstore/private-sigstore.ts';
import { COSIGN_SIGN_PREDICATE } from '../sigstore/statements.ts';
import type { ScenarioImage, World } from './scenario.ts';

/** Pushes a new image with a tag of its own into a repository, which is made where it does not exist. */
export async function pushNewImage(world: World, repository: string): Promise<Artifact> {
  const number = world.nextNumber();
  const image = buildImage(`#!/bin/sh\necho "${repository} build ${number}"\n`);
  await ensureRepository(world, repository);
  await pushArtifact(world, repository, image, `1.0.${number}`);
  return image;
}

/** Hangs a bundle on an image, as `cosign sign` does. */
export async function pushBundle(
  world: World,
  repository: string,
  subject: Artifact,
  bundle: BundleJson | { readonly bytes: Buffer },
): Promise<void> {
  const created = new Date(world.account.clock.now()).toISOString();
  const referrer = buildBundleReferrer(subject, bundle, { predicateType: COSIGN_SIGN_PREDICATE, created });
  await pushArtifact(world, repository, referrer);
}

/** Puts a signature under the image's `.sig` tag, as `cosign sign` did before bundles. */
export async function pushLegacySignature(
  world: World,
  repository: string,
  subject: Artifact,
  layer: LegacyLayer,
): Promise<void> {
  await pushArtifact(world, repository, buildSignatureManifest([layer]), legacyTag(subject.digest, 'sig'));
}

/** Deletes an image with all its tags. */
export async function deleteImage(world: World, image: ScenarioImage): Promise<void> {
  await world.account.clients.ecr.send(
    new BatchDeleteImageCommand({ repositoryName: image.repository, imageIds: [{ imageDigest: image.digest }] }),
  );
}

/** Pushes an artifact as it is; without a tag it is an image by its digest. */
export async function pushArtifact(world: World, repository: string, artifact: Artifact, tag?: string): Promise<void> {
  await pushImage(world.account, {
    repository,
    manifest: artifact.manifest,
    blobs: artifact.blobs.map(({ bytes }) => bytes),
    mediaType: artifact.mediaType,
    ...(tag === undefined ? {} : { tag }),
  });
}

/** Makes a repository where it does not exist. */
export async function ensureRepository(world: World, repositoryName: string): Promise<void> {
  try {
    await world.account.clients.ecr.send(new CreateRepositoryCommand({ repositoryName }));
  } catch (error) {
    if (!(error instanceof RepositoryAlreadyExistsException)) throw error;
  }
}
