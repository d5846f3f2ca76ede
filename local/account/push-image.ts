import {
  BatchCheckLayerAvailabilityCommand,
  CompleteLayerUploadCommand,
  type ECRClient,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import { type Digest, digestOf } from '../../lambdas/core/digest.ts';
import type { EmbeddedAccount } from './types.ts';

export interface PushedImage {
  readonly repository: string;
  /** The manifest as it is stored: exact bytes. */
  readonly manifest: Uint8Array | string;
  /** Config and layers of the manifest. Those that the repository already has are not uploaded again. */
  readonly blobs?: readonly Uint8Array[];
  readonly tag?: string;
  /** Needed only where the manifest itself does not say it. */
  readonly mediaType?: string;
}

/** ECR takes parts of up to 10 MiB (ECR API reference, UploadLayerPart). */
const PART_BYTES = 10 * 1024 * 1024;

/**
 * Pushes an image, index or artifact the way a client does: blobs first, then the manifest, all through the SDK. The repository must exist.
 * Returns the digest of the manifest. Throws what ECR throws.
 */
export async function pushImage(account: Pick<EmbeddedAccount, 'clients'>, image: PushedImage): Promise<Digest> {
  const { ecr } = account.clients;
  for (const blob of image.blobs ?? []) await pushBlob(ecr, image.repository, blob);
  const manifest = typeof image.manifest === 'string' ? image.manifest : new TextDecoder().decode(image.manifest);
  const digest = digestOf(image.manifest);
  await ecr.send(
    new PutImageCommand({
      repositoryName: image.repository,
      imageManifest: manifest,
      imageDigest: digest,
      imageTag: image.tag,
      imageManifestMediaType: image.mediaType,
    }),
  );
  return digest;
}

/** Uploads a blob in parts, unless the repository has it. */
export async function pushBlob(ecr: ECRClient, repositoryName: string, blob: Uint8Array): Promise<void> {
  const layerDigest = digestOf(blob);
  const known = await ecr.send(new BatchCheckLayerAvailabilityCommand({ repositoryName, layerDigests: [layerDigest] }));
  if (known.layers?.some((layer) => layer.layerAvailability === 'AVAILABLE')) return;
  const { uploadId } = await ecr.send(new InitiateLayerUploadCommand({ repositoryName }));
  for (let first = 0; first < blob.length; first += PART_BYTES) {
    const layerPartBlob = blob.subarray(first, first + PART_BYTES);
    const partLastByte = first + layerPartBlob.length - 1;
    await ecr.send(
      new UploadLayerPartCommand({ repositoryName, uploadId, partFirstByte: first, partLastByte, layerPartBlob }),
    );
  }
  await ecr.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [layerDigest] }));
}
