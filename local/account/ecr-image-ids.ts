import type { Image, ImageFailure, ImageFailureCode, ImageIdentifier } from '@aws-sdk/client-ecr';
import { isDigest } from '../../lambdas/core/digest.ts';
import type { AccountContext } from './context.ts';
import { invalid, type StoredImage, type StoredRepository } from './ecr-repository.ts';

const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** The ids of a batch operation: 1 to 100. */
export function checkImageIds(imageIds: readonly ImageIdentifier[] | undefined): readonly ImageIdentifier[] {
  if (imageIds === undefined || imageIds.length < 1 || imageIds.length > 100) {
    throw invalid("Invalid parameter at 'imageIds' failed to satisfy constraint: between 1 and 100 members");
  }
  return imageIds;
}

/** The image an identifier names, or the code with which ECR fails it. */
export function findImage(
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

export function failureOf(imageId: ImageIdentifier, failureCode: ImageFailureCode): ImageFailure {
  return { imageId: { ...imageId }, failureCode, failureReason: FAILURE_REASONS[failureCode] };
}

/** One identifier per tag, or the digest alone. */
export function identifiersOf(image: StoredImage): ImageIdentifier[] {
  if (image.tags.size === 0) return [{ imageDigest: image.digest }];
  return [...image.tags].map((imageTag) => ({ imageDigest: image.digest, imageTag }));
}

export function hasTagStatus(
  tagged: boolean,
  filter: { tagStatus?: 'TAGGED' | 'UNTAGGED' | 'ANY' } | undefined,
): boolean {
  if (filter?.tagStatus === undefined || filter.tagStatus === 'ANY') return true;
  return tagged === (filter.tagStatus === 'TAGGED');
}

/** An image as PutImage and BatchGetImage show it; with the tag it was asked for by. */
export function describeImage(
  context: AccountContext,
  repository: StoredRepository,
  image: StoredImage,
  imageTag: string | undefined,
): Image {
  return {
    registryId: context.id,
    repositoryName: repository.name,
    imageId: imageTag === undefined ? { imageDigest: image.digest } : { imageDigest: image.digest, imageTag },
    imageManifest: image.text,
    imageManifestMediaType: image.manifest.mediaType,
  };
}
