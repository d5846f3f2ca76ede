import {
  DescribeImagesCommand,
  type ECRClient,
  ImageNotFoundException,
  type ImageStatus,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import type { ImageName } from '../core/image-name.ts';
import type { ImageAtRest } from '../core/images/quarantine.ts';

const STORAGE: Readonly<Record<ImageStatus, ImageAtRest['storage']>> = {
  ACTIVE: 'active',
  ARCHIVED: 'archived',
  ACTIVATING: 'activating',
};

/** An image as the registry describes it now, or undefined where it is not there. Unlike the calls that read an image, this one also finds what is archived. */
export async function describeImageAtRest(
  ecr: ECRClient,
  { account, repository, digest }: ImageName,
): Promise<ImageAtRest | undefined> {
  const [detail] = await describe(ecr, account, repository, { imageDigest: digest });
  if (detail?.imageDigest !== digest) return undefined;
  return {
    storage: STORAGE[detail.imageStatus ?? 'ACTIVE'],
    tags: detail.imageTags ?? [],
    lastPulledAt: detail.lastRecordedPullTime?.getTime(),
  };
}

/** The digest that a tag points to now. */
export async function findTagged(
  ecr: ECRClient,
  { account, repository }: Omit<ImageName, 'digest'>,
  tag: string,
): Promise<string | undefined> {
  const [detail] = await describe(ecr, account, repository, { imageTag: tag });
  return detail?.imageDigest;
}

async function describe(
  ecr: ECRClient,
  registryId: string,
  repositoryName: string,
  imageId: { imageDigest: string } | { imageTag: string },
) {
  // Without the filter only active images are described (ECR API Reference, DescribeImagesFilter).
  const input = { registryId, repositoryName, imageIds: [imageId], filter: { imageStatus: 'ANY' } } as const;
  try {
    const { imageDetails = [] } = await ecr.send(
      new DescribeImagesCommand({ ...input, imageIds: [...input.imageIds] }),
    );
    return imageDetails;
  } catch (thrown) {
    if (thrown instanceof ImageNotFoundException || thrown instanceof RepositoryNotFoundException) return [];
    throw thrown;
  }
}
