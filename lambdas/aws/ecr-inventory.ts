import {
  type ECRClient,
  type ImageDetail,
  paginateDescribeImages,
  paginateDescribeRepositories,
  type Repository,
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

/**
 * The images of a repository in pages of up to 100, without those that are signatures of others: what names a subject, or has no tags but cosign's. They were
 * looked at when they were pushed, as whatever could be run is; here they only would be looked at again every hour. Untagged images are images.
 */
export async function* listImages(
  client: ECRClient,
  { account, region, repository }: Omit<ImageName, 'digest'>,
): AsyncGenerator<readonly ImageName[]> {
  let pages = 0;
  for await (const { imageDetails = [] } of paginateDescribeImages(
    { client },
    { registryId: account, repositoryName: repository, maxResults: 100 },
  )) {
    const digests = imageDetails.filter((image) => !isAttachment(image)).map(({ imageDigest }) => imageDigest);
    yield digests.filter(isDigest).map((digest) => ({ account, region, repository, digest }));
    pages += 1;
    if (pages >= MOST_PAGES) return;
  }
}

function isAttachment({ subjectManifestDigest, imageTags = [] }: ImageDetail): boolean {
  if (subjectManifestDigest !== undefined) return true;
  return imageTags.length > 0 && imageTags.every((tag) => subjectOfTag(tag) !== undefined);
}
