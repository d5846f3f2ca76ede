import {
  BatchDeleteImageCommand,
  type Image,
  ImageAlreadyExistsException,
  ImageDigestDoesNotMatchException,
  type ImageFailure,
  type ImageIdentifier,
  ImageTagAlreadyExistsException,
  LayersNotFoundException,
  LimitExceededException,
  PutImageCommand,
  type PutImageCommandInput,
  ReferencedImagesNotFoundException,
} from '@aws-sdk/client-ecr';
import { digestOf } from '../../lambdas/core/digest.ts';
import { answers, type Operation, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';
import { emitImageEvent } from './ecr-events.ts';
import { checkImageIds, describeImage, failureOf, findImage, isTag } from './ecr-image-ids.ts';
import { type RegistryManifest, readRegistryManifest } from './ecr-manifest.ts';
import {
  invalid,
  isTagImmutable,
  type Repositories,
  type StoredImage,
  type StoredRepository,
} from './ecr-repository.ts';
import { statusOf } from './ecr-storage.ts';

/** ECR service quotas: manifest of 4 MiB, 1000 tags per image. */
const LARGEST_MANIFEST = 4 * 1024 * 1024;
const MOST_TAGS = 1000;

/** What changes the images of a repository: put and delete, each with its event. */
export class ImageWrites {
  private readonly context: AccountContext;
  private readonly repositories: Repositories;

  constructor(context: AccountContext, repositories: Repositories) {
    this.context = context;
    this.repositories = repositories;
  }

  operations(): [string, Operation][] {
    return [
      answers(PutImageCommand, (input) => ({ image: this.put(input) })),
      answers(BatchDeleteImageCommand, (input) => {
        const repository = this.repositories.find(input.repositoryName, input.registryId);
        const imageIds: ImageIdentifier[] = [];
        const failures: ImageFailure[] = [];
        for (const imageId of checkImageIds(input.imageIds)) {
          const found = findImage(repository, imageId);
          if (typeof found === 'string') failures.push(failureOf(imageId, found));
          else this.delete(repository, found, imageId, imageIds, failures);
        }
        return { imageIds, failures };
      }),
    ];
  }

  private put(input: PutImageCommandInput): Image {
    const repository = this.repositories.find(input.repositoryName, input.registryId);
    const text = input.imageManifest ?? '';
    const tag = input.imageTag;
    if (tag !== undefined && !isTag(tag)) throw invalid("Invalid parameter at 'imageTag'");
    if (text.length < 1 || Buffer.byteLength(text) > LARGEST_MANIFEST) {
      throw invalid("Invalid parameter at 'imageManifest' failed to satisfy constraint: between 1 and 4194304 bytes");
    }
    const manifest = readRegistryManifest(text, input.imageManifestMediaType);
    if (manifest === undefined) throw invalid("Invalid parameter at 'imageManifest' failed to satisfy constraint");
    const digest = digestOf(text);
    if (input.imageDigest !== undefined && input.imageDigest !== digest) {
      throw refusal(
        ImageDigestDoesNotMatchException,
        `The manifest has the digest ${digest}, not ${input.imageDigest}`,
      );
    }
    checkReferences(repository, manifest);
    const image = this.store(repository, { digest, text, manifest }, tag);
    if (manifest.subject !== undefined) this.context.traces.refer(repository.name, digest, manifest.subject);
    emitImageEvent(this.context, 'PUSH', repository, image, tag);
    return describeImage(this.context, repository, image, tag);
  }

  private store(
    repository: StoredRepository,
    put: Pick<StoredImage, 'digest' | 'text' | 'manifest'>,
    tag: string | undefined,
  ): StoredImage {
    const existing = repository.images.get(put.digest);
    const tagged = tag === undefined ? undefined : repository.tags.get(tag);
    const isActive = existing !== undefined && statusOf(existing, this.context.clock.now()) === 'ACTIVE';
    if (isActive && (tag === undefined || tagged === existing)) {
      throw refusal(
        ImageAlreadyExistsException,
        `Image with digest '${put.digest}' and tag '${tag ?? ''}' already exists in the repository '${repository.name}'`,
      );
    }
    if (tag !== undefined && tagged !== undefined && isTagImmutable(repository, tag)) {
      throw refusal(
        ImageTagAlreadyExistsException,
        `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the tag is immutable.`,
      );
    }
    if (tag !== undefined && (existing?.tags.size ?? 0) >= MOST_TAGS) {
      throw refusal(LimitExceededException, `An image has at most ${MOST_TAGS} tags`);
    }
    const image = existing ?? {
      ...put,
      tags: new Set<string>(),
      pushedAt: this.context.clock.now(),
      storage: { class: 'STANDARD', activeFrom: 0 },
    };
    // To push an archived image again restores it at once (ECR user guide, archiving images).
    image.storage = { class: 'STANDARD', activeFrom: 0 };
    repository.images.set(image.digest, image);
    if (tag !== undefined) {
      tagged?.tags.delete(tag);
      image.tags.add(tag);
      repository.tags.set(tag, image);
    }
    return image;
  }

  /** By digest: the image and all its tags. By tag: the tag, and with its last tag the image (ECR API reference, BatchDeleteImage). */
  private delete(
    repository: StoredRepository,
    image: StoredImage,
    { imageTag, imageDigest }: ImageIdentifier,
    deleted: ImageIdentifier[],
    failures: ImageFailure[],
  ): void {
    const tags = imageTag === undefined ? [...image.tags] : [imageTag];
    const removesImage = imageTag === undefined || image.tags.size === 1;
    const listedBy = [...repository.images.values()].find((one) => one.manifest.children.includes(image.digest));
    if (removesImage && listedBy !== undefined) {
      failures.push(failureOf({ imageTag, imageDigest }, 'ImageReferencedByManifestList'));
      return;
    }
    for (const tag of tags) {
      image.tags.delete(tag);
      repository.tags.delete(tag);
    }
    if (removesImage) repository.images.delete(image.digest);
    for (const tag of tags.length === 0 ? [undefined] : tags) {
      deleted.push({ imageDigest: image.digest, imageTag: tag });
      emitImageEvent(this.context, 'DELETE', repository, image, tag);
    }
  }
}

/** Config, layers and listed manifests must be there; the subject of a referrer need not (OCI distribution-spec, "Pushing manifests with subject"). */
function checkReferences(repository: StoredRepository, manifest: RegistryManifest): void {
  const missingBlobs = manifest.blobs.filter((digest) => !repository.blobs.has(digest));
  if (missingBlobs.length > 0) {
    throw refusal(
      LayersNotFoundException,
      `The following layers do not exist in the '${repository.name}' repository: ${missingBlobs.join(', ')}`,
    );
  }
  const missingManifests = manifest.children.filter((digest) => !repository.images.has(digest));
  if (missingManifests.length > 0) {
    throw refusal(
      ReferencedImagesNotFoundException,
      `The following images do not exist in the '${repository.name}' repository: ${missingManifests.join(', ')}`,
    );
  }
}
