import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  type Image,
  ImageAlreadyExistsException,
  type ImageDetail,
  ImageDigestDoesNotMatchException,
  type ImageFailure,
  type ImageFailureCode,
  type ImageIdentifier,
  ImageNotFoundException,
  ImageTagAlreadyExistsException,
  LayersNotFoundException,
  LimitExceededException,
  ListImageReferrersCommand,
  ListImagesCommand,
  PutImageCommand,
  type PutImageCommandInput,
  ReferencedImagesNotFoundException,
} from '@aws-sdk/client-ecr';
import { digestOf, isDigest } from '../../lambdas/core/digest.ts';
import { answers, type Operation, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';
import { emitImageEvent } from './ecr-events.ts';
import { type RegistryManifest, readRegistryManifest } from './ecr-manifest.ts';
import {
  checkMaxResults,
  invalid,
  isTagImmutable,
  type Repositories,
  type StoredImage,
  type StoredRepository,
} from './ecr-repository.ts';
import { pageOf } from './paging.ts';

/** ECR service quotas: manifest of 4 MiB, 1000 tags per image. */
const LARGEST_MANIFEST = 4 * 1024 * 1024;
const MOST_TAGS = 1000;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** Manifests of repositories: put, get, list, delete, and the referrers of a subject. */
export class Images {
  private readonly context: AccountContext;
  private readonly repositories: Repositories;

  constructor(context: AccountContext, repositories: Repositories) {
    this.context = context;
    this.repositories = repositories;
  }

  operations(): [string, Operation][] {
    return [
      answers(PutImageCommand, (input) => ({ image: this.put(input) })),
      answers(BatchGetImageCommand, (input) => {
        const repository = this.repositories.find(input.repositoryName, input.registryId);
        const images: Image[] = [];
        const failures: ImageFailure[] = [];
        for (const imageId of checkImageIds(input.imageIds)) {
          const found = findImage(repository, imageId);
          if (typeof found === 'string') failures.push(failureOf(imageId, found));
          else images.push(this.describeImage(repository, found, imageId.imageTag));
        }
        return { images, failures };
      }),
      answers(DescribeImagesCommand, (input) => {
        const repository = this.repositories.find(input.repositoryName, input.registryId);
        if (input.imageIds !== undefined) {
          const details = checkImageIds(input.imageIds).map((imageId) => {
            const found = findImage(repository, imageId);
            if (typeof found !== 'string') return this.describeDetail(repository, found);
            throw refusal(ImageNotFoundException, `The image with imageId ${JSON.stringify(imageId)} does not exist`);
          });
          return { imageDetails: details };
        }
        const limit = checkMaxResults(input.maxResults, 1000, 100);
        const images = [...repository.images.values()].filter((one) => hasTagStatus(one.tags.size > 0, input.filter));
        const page = pageOf(images, (one) => one.digest, limit, input.nextToken);
        if (page === undefined) throw invalid('Invalid parameter at nextToken');
        return {
          imageDetails: page.items.map((one) => this.describeDetail(repository, one)),
          nextToken: page.nextToken,
        };
      }),
      answers(ListImagesCommand, (input) => {
        const repository = this.repositories.find(input.repositoryName, input.registryId);
        const limit = checkMaxResults(input.maxResults, 1000, 100);
        const ids = [...repository.images.values()].flatMap(identifiersOf);
        const asked = ids.filter((one) => hasTagStatus(one.imageTag !== undefined, input.filter));
        const page = pageOf(asked, (one) => `${one.imageDigest} ${one.imageTag ?? ''}`, limit, input.nextToken);
        if (page === undefined) throw invalid('Invalid parameter at nextToken');
        return { imageIds: page.items, nextToken: page.nextToken };
      }),
      answers(ListImageReferrersCommand, (input) => {
        const repository = this.repositories.find(input.repositoryName, input.registryId);
        const subject = input.subjectId?.imageDigest;
        if (!isDigest(subject)) throw invalid("Invalid parameter at 'subjectId.imageDigest'");
        const limit = checkMaxResults(input.maxResults, 50, 20);
        const types = input.filter?.artifactTypes;
        // Nothing is ever archived here: ACTIVE and ANY list the same.
        const listed = ['ACTIVE', 'ANY', undefined].includes(input.filter?.artifactStatus);
        const referrers = [...repository.images.values()].filter(
          ({ manifest }) =>
            listed &&
            manifest.subject === subject &&
            (types === undefined || types.length === 0 || types.includes(manifest.artifactType ?? '')),
        );
        const page = pageOf(referrers, (one) => one.digest, limit, input.nextToken);
        if (page === undefined) throw invalid('Invalid parameter at nextToken');
        return {
          referrers: page.items.map(({ digest, text, manifest }) => ({
            digest,
            mediaType: manifest.mediaType,
            artifactType: manifest.artifactType,
            size: Buffer.byteLength(text),
            annotations: manifest.annotations === undefined ? undefined : { ...manifest.annotations },
            artifactStatus: 'ACTIVE',
          })),
          nextToken: page.nextToken,
        };
      }),
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
    if (tag !== undefined && !TAG.test(tag)) throw invalid("Invalid parameter at 'imageTag'");
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
    return this.describeImage(repository, image, tag);
  }

  private store(
    repository: StoredRepository,
    put: Pick<StoredImage, 'digest' | 'text' | 'manifest'>,
    tag: string | undefined,
  ): StoredImage {
    const existing = repository.images.get(put.digest);
    const tagged = tag === undefined ? undefined : repository.tags.get(tag);
    if (existing !== undefined && (tag === undefined || tagged === existing)) {
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
    const image = existing ?? { ...put, tags: new Set<string>(), pushedAt: this.context.clock.now() };
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

  private describeImage(repository: StoredRepository, image: StoredImage, imageTag: string | undefined): Image {
    return {
      registryId: this.context.id,
      repositoryName: repository.name,
      imageId: imageTag === undefined ? { imageDigest: image.digest } : { imageDigest: image.digest, imageTag },
      imageManifest: image.text,
      imageManifestMediaType: image.manifest.mediaType,
    };
  }

  private describeDetail(repository: StoredRepository, image: StoredImage): ImageDetail {
    return {
      registryId: this.context.id,
      repositoryName: repository.name,
      imageDigest: image.digest,
      ...(image.tags.size > 0 && { imageTags: [...image.tags] }),
      imageSizeInBytes: image.manifest.layerBytes,
      imagePushedAt: new Date(image.pushedAt),
      imageManifestMediaType: image.manifest.mediaType,
      artifactMediaType: image.manifest.artifactType,
      ...(image.manifest.subject !== undefined && { subjectManifestDigest: image.manifest.subject }),
      imageStatus: 'ACTIVE',
    };
  }
}

function checkImageIds(imageIds: readonly ImageIdentifier[] | undefined): readonly ImageIdentifier[] {
  if (imageIds === undefined || imageIds.length < 1 || imageIds.length > 100) {
    throw invalid("Invalid parameter at 'imageIds' failed to satisfy constraint: between 1 and 100 members");
  }
  return imageIds;
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

function findImage(
  repository: StoredRepository,
  { imageDigest, imageTag }: ImageIdentifier,
): StoredImage | ImageFailureCode {
  if (imageDigest === undefined && imageTag === undefined) return 'MissingDigestAndTag';
  if (imageDigest !== undefined && !isDigest(imageDigest)) return 'InvalidImageDigest';
  if (imageTag !== undefined && !TAG.test(imageTag)) return 'InvalidImageTag';
  const found = imageTag === undefined ? repository.images.get(imageDigest ?? '') : repository.tags.get(imageTag);
  if (found === undefined) return 'ImageNotFound';
  return imageDigest !== undefined && found.digest !== imageDigest ? 'ImageTagDoesNotMatchDigest' : found;
}

const FAILURE_REASONS: Partial<Record<ImageFailureCode, string>> = {
  ImageNotFound: 'Requested image not found',
  InvalidImageDigest: 'Invalid request parameters: image digest should satisfy the regex',
  InvalidImageTag: 'Invalid request parameters: image tag should satisfy the regex',
  MissingDigestAndTag: 'Invalid request parameters: both tag and digest cannot be null',
  ImageTagDoesNotMatchDigest: 'The tag does not point to the requested digest',
  ImageReferencedByManifestList: 'Requested image referenced by manifest list',
};

function failureOf(imageId: ImageIdentifier, failureCode: ImageFailureCode): ImageFailure {
  return { imageId: { ...imageId }, failureCode, failureReason: FAILURE_REASONS[failureCode] };
}

function identifiersOf(image: StoredImage): ImageIdentifier[] {
  if (image.tags.size === 0) return [{ imageDigest: image.digest }];
  return [...image.tags].map((imageTag) => ({ imageDigest: image.digest, imageTag }));
}

function hasTagStatus(tagged: boolean, filter: { tagStatus?: 'TAGGED' | 'UNTAGGED' | 'ANY' } | undefined): boolean {
  if (filter?.tagStatus === undefined || filter.tagStatus === 'ANY') return true;
  return tagged === (filter.tagStatus === 'TAGGED');
}
