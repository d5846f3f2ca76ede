import {
  ImageNotFoundException,
  type ImageStatus,
  ImageStorageClassUpdateNotSupportedException,
  UpdateImageStorageClassCommand,
} from '@aws-sdk/client-ecr';
import { answers, type Operation, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';
import { findImage } from './ecr-image-ids.ts';
import { invalid, type Repositories, type StoredImage } from './ecr-repository.ts';

/** How long a restored image is on its way, milliseconds. ECR takes up to 20 minutes (ECR user guide, archiving images). */
const RESTORE_TIME = 5 * 60_000;

/** The status of an image: what is archived can neither be pulled nor read (ECR user guide, archiving images). */
export function statusOf({ storage }: Pick<StoredImage, 'storage'>, now: number): ImageStatus {
  if (storage.class === 'ARCHIVE') return 'ARCHIVED';
  return now < storage.activeFrom ? 'ACTIVATING' : 'ACTIVE';
}

/** Whether a listing with this filter shows an image. Without a filter only active ones are shown (ECR API reference, DescribeImagesFilter). */
export function hasStatus(status: ImageStatus, asked: string | undefined): boolean {
  return asked === 'ANY' || status === (asked ?? 'ACTIVE');
}

export function storageOperations(context: AccountContext, repositories: Repositories): [string, Operation][] {
  return [
    answers(UpdateImageStorageClassCommand, ({ repositoryName, registryId, imageId = {}, targetStorageClass }) => {
      const repository = repositories.find(repositoryName, registryId);
      const image = findImage(repository, imageId);
      if (typeof image === 'string') throw refusal(ImageNotFoundException, `${image}: ${JSON.stringify(imageId)}`);
      const now = context.clock.now();
      const status = statusOf(image, now);
      if (targetStorageClass === 'ARCHIVE') {
        if (status === 'ACTIVATING') {
          throw refusal(ImageStorageClassUpdateNotSupportedException, 'The image is being restored');
        }
        image.storage = { class: 'ARCHIVE' };
      } else if (targetStorageClass === 'STANDARD') {
        if (status === 'ARCHIVED') image.storage = { class: 'STANDARD', activeFrom: now + RESTORE_TIME };
      } else throw invalid("Invalid parameter at 'targetStorageClass'");
      return { registryId: context.id, repositoryName, imageId: { ...imageId }, imageStatus: statusOf(image, now) };
    }),
  ];
}
