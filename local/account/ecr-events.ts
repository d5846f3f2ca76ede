import type { AccountContext } from './context.ts';
import type { StoredImage, StoredRepository } from './ecr-repository.ts';

/**
 * The event ECR sends for a push or deletion (Amazon ECR user guide, "Amazon ECR events and EventBridge"): `ECR Referrer Action` for a manifest
 * with a subject, else `ECR Image Action`. An untagged image has no `image-tag`.
 */
export function emitImageEvent(
  context: AccountContext,
  actionType: 'PUSH' | 'DELETE',
  repository: StoredRepository,
  image: StoredImage,
  tag: string | undefined,
): void {
  context.emit({
    source: 'aws.ecr',
    detailType: image.manifest.subject === undefined ? 'ECR Image Action' : 'ECR Referrer Action',
    detail: {
      result: 'SUCCESS',
      'repository-name': repository.name,
      'image-digest': image.digest,
      'action-type': actionType,
      ...(tag !== undefined && { 'image-tag': tag }),
      'manifest-media-type': image.manifest.mediaType,
      ...(image.manifest.artifactType !== undefined && { 'artifact-media-type': image.manifest.artifactType }),
    },
  });
}
