import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  type ECRClient,
  ImageAlreadyExistsException,
  PutImageCommand,
  UpdateImageStorageClassCommand,
} from '@aws-sdk/client-ecr';
import { digestOf } from '../../core/digest.ts';
import { CountersignError, type Reason } from '../../core/errors.ts';
import type { ImageAtRest } from '../../core/images/quarantine.ts';
import type { EcrCall } from '../../core/ledger/calls/ecr.ts';
import type { Standing } from '../../core/ledger/execute.ts';
import { describeImageAtRest, findTagged } from '../ecr-image.ts';
import { explainRefusal } from '../refusal.ts';

/** How the registry stands to a call, read now. */
export async function lookAtEcr(ecr: ECRClient, call: EcrCall): Promise<Standing> {
  const atRest = await describeImageAtRest(ecr, call);
  if (atRest === undefined) {
    const isDeletion = call.action === 'ecr:BatchDeleteImage' && call.tag === undefined;
    return { is: isDeletion ? 'after' : 'elsewhere', observed: 'the image is not there' };
  }
  const observed = `the image is ${atRest.storage}, tags: ${atRest.tags.join(', ') || 'none'}`.slice(0, 512);
  return { is: await judge(ecr, call, atRest), observed };
}

async function judge(ecr: ECRClient, call: EcrCall, { storage, tags }: ImageAtRest): Promise<Standing['is']> {
  switch (call.action) {
    case 'ecr:PutImage': {
      if (tags.includes(call.tag)) return 'after';
      if (storage !== 'active') return storage === 'activating' ? 'underway' : 'elsewhere';
      // Another image may have the tag: putting ours there would take it away.
      return (await findTagged(ecr, call, call.tag)) === undefined ? 'before' : 'elsewhere';
    }
    case 'ecr:BatchDeleteImage':
      // Deletion is the rung after the archive: an image that was restored since is used by somebody.
      if (call.tag === undefined) return storage === 'archived' ? 'before' : 'elsewhere';
      if (!tags.includes(call.tag)) return 'after';
      // With its last tag ECR deletes an image (ECR API Reference, BatchDeleteImage).
      return tags.length > 1 ? 'before' : 'elsewhere';
    case 'ecr:UpdateImageStorageClass':
      if (storage === 'activating') return 'underway';
      return (storage === 'archived') === (call.storageClass === 'ARCHIVE') ? 'after' : 'before';
  }
}

/** Makes a call. Returns why ECR refuses it for good; throws where another try may succeed. */
export async function performOnEcr(ecr: ECRClient, call: EcrCall): Promise<Reason | undefined> {
  try {
    return await send(ecr, call);
  } catch (thrown) {
    // Somebody was faster with the same: the next look will see it.
    if (thrown instanceof ImageAlreadyExistsException) return undefined;
    const reason = explainRefusal(thrown);
    if (reason === undefined) throw thrown;
    return reason;
  }
}

async function send(ecr: ECRClient, call: EcrCall): Promise<Reason | undefined> {
  const image = { registryId: call.account, repositoryName: call.repository };
  switch (call.action) {
    case 'ecr:PutImage': {
      const { manifest, mediaType } = await readManifest(ecr, call);
      const put = { imageManifest: manifest, imageManifestMediaType: mediaType, imageDigest: call.digest };
      await ecr.send(new PutImageCommand({ ...image, ...put, imageTag: call.tag }));
      return undefined;
    }
    case 'ecr:BatchDeleteImage': {
      // With both, ECR takes the tag away only from this digest.
      const imageId = { imageDigest: call.digest, ...(call.tag !== undefined && { imageTag: call.tag }) };
      const { failures = [] } = await ecr.send(new BatchDeleteImageCommand({ ...image, imageIds: [imageId] }));
      const [failure] = failures;
      if (failure === undefined || failure.failureCode === 'ImageNotFound') return undefined;
      return { code: 'refused', message: `${failure.failureCode}: ${failure.failureReason?.slice(0, 300) ?? ''}` };
    }
    case 'ecr:UpdateImageStorageClass': {
      const imageId = { imageDigest: call.digest };
      await ecr.send(new UpdateImageStorageClassCommand({ ...image, imageId, targetStorageClass: call.storageClass }));
      return undefined;
    }
  }
}

/** The manifest exactly as it is stored. Throws where it is not that of the digest. */
async function readManifest(
  ecr: ECRClient,
  call: EcrCall,
): Promise<{ readonly manifest: string; readonly mediaType: string | undefined }> {
  const { images = [] } = await ecr.send(
    new BatchGetImageCommand({
      registryId: call.account,
      repositoryName: call.repository,
      imageIds: [{ imageDigest: call.digest }],
      acceptedMediaTypes: [
        'application/vnd.oci.image.index.v1+json',
        'application/vnd.oci.image.manifest.v1+json',
        'application/vnd.docker.distribution.manifest.list.v2+json',
        'application/vnd.docker.distribution.manifest.v2+json',
      ],
    }),
  );
  const [image] = images;
  const manifest = image?.imageManifest ?? '';
  if (digestOf(manifest) !== call.digest) {
    throw new CountersignError('digest-mismatch', `ECR did not give the manifest of ${call.digest}`);
  }
  return { manifest, mediaType: image?.imageManifestMediaType };
}
