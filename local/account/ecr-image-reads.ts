import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  type Image,
  type ImageDetail,
  type ImageFailure,
  ImageNotFoundException,
  type ImageStatus,
  ListImageReferrersCommand,
  ListImagesCommand,
} from '@aws-sdk/client-ecr';
import { isDigest } from '../../lambdas/core/digest.ts';
import { answers, type Operation, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';
import { checkImageIds, describeImage, failureOf, findImage, hasTagStatus, identifiersOf } from './ecr-image-ids.ts';
import {
  checkMaxResults,
  invalid,
  type Repositories,
  type StoredImage,
  type StoredRepository,
} from './ecr-repository.ts';
import { hasStatus, statusOf } from './ecr-storage.ts';
import { pageOf } from './paging.ts';

/** What shows the images of a repository: get, describe, list, and the referrers of a subject. */
export class ImageReads {
  private readonly context: AccountContext;
  private readonly repositories: Repositories;

  constructor(context: AccountContext, repositories: Repositories) {
    this.context = context;
    this.repositories = repositories;
  }

  operations(): [string, Operation][] {
    return [
      answers(BatchGetImageCommand, (input) => {
        const repository = this.repositories.find(input.repositoryName, input.registryId);
        const images: Image[] = [];
        const failures: ImageFailure[] = [];
        for (const imageId of checkImageIds(input.imageIds)) {
          const found = findImage(repository, imageId);
          if (typeof found === 'string') failures.push(failureOf(imageId, found));
          // A pull of what is archived is answered with 404 (ECR user guide, archiving images).
          else if (this.statusOf(found) !== 'ACTIVE') failures.push(failureOf(imageId, 'ImageNotFound'));
          else images.push(describeImage(this.context, repository, found, imageId.imageTag));
        }
        return { images, failures };
      }),
      answers(DescribeImagesCommand, (input) => {
        const repository = this.repositories.find(input.repositoryName, input.registryId);
        if (input.imageIds !== undefined) {
          const details = checkImageIds(input.imageIds).map((imageId) => {
            const found = findImage(repository, imageId);
            if (typeof found !== 'string' && hasStatus(this.statusOf(found), input.filter?.imageStatus))
              return this.describeDetail(repository, found);
            throw refusal(ImageNotFoundException, `The image with imageId ${JSON.stringify(imageId)} does not exist`);
          });
          return { imageDetails: details };
        }
        const limit = checkMaxResults(input.maxResults, 1000, 100);
        const images = [...repository.images.values()]
          .filter((one) => hasStatus(this.statusOf(one), input.filter?.imageStatus))
          .filter((one) => hasTagStatus(one.tags.size > 0, input.filter));
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
        const ids = [...repository.images.values()]
          .filter((one) => hasStatus(this.statusOf(one), input.filter?.imageStatus))
          .flatMap(identifiersOf);
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
        const referrers = [...repository.images.values()].filter(
          ({ manifest, storage }) =>
            hasStatus(this.statusOf({ storage }), input.filter?.artifactStatus) &&
            manifest.subject === subject &&
            (types === undefined || types.length === 0 || types.includes(manifest.artifactType ?? '')),
        );
        const page = pageOf(referrers, (one) => one.digest, limit, input.nextToken);
        if (page === undefined) throw invalid('Invalid parameter at nextToken');
        return {
          referrers: page.items.map(({ digest, text, manifest, storage }) => ({
            digest,
            mediaType: manifest.mediaType,
            artifactType: manifest.artifactType,
            size: Buffer.byteLength(text),
            annotations: manifest.annotations === undefined ? undefined : { ...manifest.annotations },
            artifactStatus: this.statusOf({ storage }),
          })),
          nextToken: page.nextToken,
        };
      }),
    ];
  }

  private statusOf(image: Pick<StoredImage, 'storage'>): ImageStatus {
    return statusOf(image, this.context.clock.now());
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
      imageStatus: this.statusOf(image),
    };
  }
}
