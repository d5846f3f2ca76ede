import {
  type ECRClient,
  type ImageDetail,
  paginateDescribeImages,
  paginateDescribeRepositories,
  type Repository,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import { isDigest } from '../core/digest.ts';
import { subjectOfTag } from '../core/events/subject-of-tag.ts';
import type { ImageName } from '../core/image-name.ts';
import type { TagSettings } from '../core/images/tag-mutability.ts';

/** Pages of one listing; the registry of an account holds at most 100,000 repositories, and a repository as many images (ECR quotas). */
const MOST_PAGES = 1000;

/** All repositories of the account and region: one call for a thousand. */
export async function listRepositories(client: ECRClient): Promise<readonly TagSettings[]> {
  const all: TagSettings[] = [];
  let pages = 0;
  for await (const { repositories = [] } of paginateDescribeRepositories({ client }, { maxResults: 1000 })) {
    all.push(...repositories.flatMap(readSettings));
    pages += 1;
    if (pages >= MOST_PAGES) break;
  }
  return all;
}

function readSettings(repository: Repository): readonly TagSettings[] {
  const { repositoryName: name, imageTagMutability: mutability, imageTagMutabilityExclusionFilters = [] } = repository;
  const exclusions = imageTagMutabilityExclusionFilters.flatMap(({ filter }) => filter ?? []);
  return name === undefined ? [] : [{ name, mutability, exclusions }];
}

/** Up to 100 of what a repository holds. */
export interface InventoryPage {
  readonly images: readonly ImageName[];
  /** What names a subject, or has no tags but cosign's: a signature, or an image that calls itself one. Only its manifest tells. */
  readonly attachments: readonly ListedAttachment[];
  /** What is in the archive, by a quarantine or by whoever else put it there. */
  readonly archived: readonly ImageName[];
  readonly isLast: boolean;
}

export interface ListedAttachment extends ImageName {
  /** Unix milliseconds. */
  readonly pushedAt: number | undefined;
  /** One of cosign's tags, where it has no others. */
  readonly signatureTag: string | undefined;
}

/** What a repository holds, page by page. Untagged images are images. */
export async function* listImages(
  client: ECRClient,
  { account, region, repository }: Omit<ImageName, 'digest'>,
): AsyncGenerator<InventoryPage> {
  let pages = 0;
  for await (const { imageDetails = [], nextToken } of paginateDescribeImages(
    { client },
    // What is archived is listed only where it is asked for (ECR API Reference, DescribeImagesFilter).
    { registryId: account, repositoryName: repository, maxResults: 100, filter: { imageStatus: 'ANY' } },
  )) {
    const images: ImageName[] = [];
    const attachments: ListedAttachment[] = [];
    const archived: ImageName[] = [];
    for (const detail of imageDetails) {
      const { imageDigest: digest, imagePushedAt } = detail;
      if (!isDigest(digest)) continue;
      const image = { account, region, repository, digest };
      if (detail.imageStatus !== undefined && detail.imageStatus !== 'ACTIVE') {
        archived.push(image);
        continue;
      }
      const signatureTag = findSignatureTag(detail);
      if (signatureTag === undefined && detail.subjectManifestDigest === undefined) images.push(image);
      else attachments.push({ ...image, pushedAt: imagePushedAt?.getTime(), signatureTag });
    }
    yield { images, attachments, archived, isLast: nextToken === undefined };
    pages += 1;
    if (pages >= MOST_PAGES) return;
  }
}

function findSignatureTag({ imageTags = [] }: ImageDetail): string | undefined {
  return imageTags.every((tag) => subjectOfTag(tag) !== undefined) ? imageTags[0] : undefined;
}

/** Whether a call failed since the repository was deleted. */
export function isRepositoryGone(thrown: unknown): boolean {
  return thrown instanceof RepositoryNotFoundException;
}
