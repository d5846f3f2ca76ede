import { type ECRClient, paginateDescribeRepositories, paginateListImages } from '@aws-sdk/client-ecr';
import { type Digest, isDigest } from '../core/digest.ts';
import { subjectOfTag } from '../core/events/subject-of-tag.ts';
import type { ImageName } from '../core/image-name.ts';

/** Pages of one listing; the registry of an account holds at most 100,000 repositories, and a repository as many images (ECR quotas). */
const MOST_PAGES = 1000;

/** The names of all repositories of the account and region. */
export async function* listRepositories(client: ECRClient): AsyncGenerator<string> {
  let pages = 0;
  for await (const { repositories = [] } of paginateDescribeRepositories({ client }, { maxResults: 1000 })) {
    for (const { repositoryName } of repositories) if (repositoryName !== undefined) yield repositoryName;
    pages += 1;
    if (pages >= MOST_PAGES) return;
  }
}

/**
 * The images of a repository in pages of up to 100, without those that cosign's tags name as signatures. Untagged digests may be referrers: looking at one finds
 * no policy breach that its image would not have, so they are left out, as are images that lost their last tag.
 */
export async function* listImages(
  client: ECRClient,
  { account, region, repository }: Omit<ImageName, 'digest'>,
): AsyncGenerator<readonly ImageName[]> {
  let pages = 0;
  const request = { repositoryName: repository, filter: { tagStatus: 'TAGGED' }, maxResults: 100 } as const;
  for await (const { imageIds = [] } of paginateListImages({ client }, request)) {
    const digests = new Set<Digest>();
    for (const { imageDigest, imageTag } of imageIds) {
      if (isDigest(imageDigest) && subjectOfTag(imageTag) === undefined) digests.add(imageDigest);
    }
    yield [...digests].map((digest) => ({ account, region, repository, digest }));
    pages += 1;
    if (pages >= MOST_PAGES) return;
  }
}
