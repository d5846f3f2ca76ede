import {
  BatchGetImageCommand,
  type BatchGetImageCommandOutput,
  type ECRClient,
  GetDownloadUrlForLayerCommand,
  type Image,
  ListImageReferrersCommand,
} from '@aws-sdk/client-ecr';
import { digestOf, isDigest } from '../core/digest.ts';
import { ACCEPTED_MANIFEST_TYPES } from '../core/images/manifest.ts';
import { failed, keepWithin, readBlobsWithin } from '../core/images/read-bytes.ts';
import type {
  ArtifactSource,
  BlobRequest,
  Limits,
  ListedReferrer,
  Read,
  ReadFailure,
  Reference,
  ReferrerListing,
  StoredManifest,
} from '../core/images/source.ts';
import { downloadLayer } from './download-layer.ts';
import { explainImageFailure, explainThrown } from './ecr-failures.ts';

/** BatchGetImage takes up to 100 image ids (ECR API reference). */
const IDS_PER_CALL = 100;
/** ListImageReferrers answers up to 50 on a page (ECR API reference). */
const REFERRERS_PER_PAGE = 50;
/** Layers under way at the same time: all that one image may have. The SDK itself opens no more than 50 connections. */
const LAYERS_AT_ONCE = 200;

export interface EcrRepository {
  readonly ecr: ECRClient;
  /** Fetches pre-signed layer URLs. */
  readonly fetch: typeof fetch;
  readonly registryId: string;
  readonly region: string;
  readonly repository: string;
}

/**
 * One ECR repository as a source of artifacts, over ECR's own API: no registry token, no ping, and one call for up to 100 manifests. The client's
 * retries are its owner's to set; what is left over comes back as `transient` (throttled, 5xx, network), `denied` or `not-found`. Every method
 * ends after `limits.milliseconds`.
 */
export function ecrSource(options: EcrRepository): ArtifactSource {
  const { ecr, region, registryId } = options;
  const where = { registryId, repositoryName: options.repository };
  return {
    name: `${registryId}.dkr.ecr.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}/${options.repository}`,

    async readManifests(references, limits) {
      const signal = AbortSignal.timeout(limits.milliseconds);
      const answers = await Promise.all(
        chunksOf(distinctIds(references), IDS_PER_CALL).map((imageIds) => getImages({ ecr, where, signal }, imageIds)),
      );
      const reads = references.map((reference): Read<StoredManifest> => {
        const answer = answers.find(({ imageIds }) => imageIds.some((id) => isAskedFor(id, reference)));
        if (answer === undefined) return failed('transient', 'BatchGetImage was not asked');
        return 'failed' in answer ? answer.failed : takeManifest(answer.output, reference, limits);
      });
      return keepWithin(reads, limits);
    },

    async listReferrers(subject, limits) {
      const signal = AbortSignal.timeout(limits.milliseconds);
      try {
        return { ok: true, value: await listReferrers({ ecr, where, signal }, subject, limits) };
      } catch (thrown) {
        return explainThrown('ListImageReferrers', thrown, signal);
      }
    },

    async readBlobs(blobs, limits) {
      const signal = AbortSignal.timeout(limits.milliseconds);
      return readBlobsWithin(blobs, limits, LAYERS_AT_ONCE, (blob) => readLayer(options, blob, signal));
    },
  };
}

type ImageId = { readonly imageDigest: string } | { readonly imageTag: string };

/** What every call to ECR needs. */
interface Call {
  readonly ecr: ECRClient;
  readonly where: { readonly registryId: string; readonly repositoryName: string };
  readonly signal: AbortSignal;
}

type Answer = { readonly imageIds: readonly ImageId[] } & (
  | { readonly output: BatchGetImageCommandOutput }
  | { readonly failed: { readonly ok: false; readonly failure: ReadFailure } }
);

/** One BatchGetImage: its output, or the failure that all its ids share. */
async function getImages({ ecr, where, signal }: Call, imageIds: ImageId[]): Promise<Answer> {
  try {
    const command = new BatchGetImageCommand({ ...where, imageIds, acceptedMediaTypes: [...ACCEPTED_MANIFEST_TYPES] });
    return { imageIds, output: await ecr.send(command, { abortSignal: signal }) };
  } catch (thrown) {
    return { imageIds, failed: explainThrown('BatchGetImage', thrown, signal) };
  }
}

function distinctIds(references: readonly Reference[]): ImageId[] {
  const ids = new Map<string, ImageId>();
  for (const reference of references) {
    if ('digest' in reference) ids.set(reference.digest, { imageDigest: reference.digest });
    else ids.set(reference.tag, { imageTag: reference.tag });
  }
  return [...ids.values()];
}

function isAskedFor(id: ImageId, reference: Reference): boolean {
  return 'digest' in reference
    ? 'imageDigest' in id && id.imageDigest === reference.digest
    : 'imageTag' in id && id.imageTag === reference.tag;
}

/** Finds the answer to one reference among `images` and `failures` and holds it to its digest. */
function takeManifest(output: BatchGetImageCommandOutput, reference: Reference, limits: Limits): Read<StoredManifest> {
  const image = output.images?.find(({ imageId }) =>
    'digest' in reference ? imageId?.imageDigest === reference.digest : imageId?.imageTag === reference.tag,
  );
  if (image !== undefined) return checkImage(image, reference, limits);
  const failure = output.failures?.find(({ imageId }) =>
    'digest' in reference
      ? imageId?.imageDigest === reference.digest
      : imageId?.imageTag === reference.tag && imageId.imageTag !== undefined,
  );
  return failure === undefined
    ? failed('transient', 'BatchGetImage left an image unanswered')
    : explainImageFailure(failure);
}

function checkImage(image: Image, reference: Reference, limits: Limits): Read<StoredManifest> {
  const digest = 'digest' in reference ? reference.digest : image.imageId?.imageDigest;
  if (!isDigest(digest)) return failed('malformed', 'BatchGetImage answered an image without a sha256 digest');
  const { imageManifest, imageManifestMediaType } = image;
  if (imageManifest === undefined || imageManifestMediaType === undefined) {
    return failed('malformed', `BatchGetImage answered ${digest} without its manifest or media type`);
  }
  // Before the text becomes bytes: UTF-8 has at least one byte for each UTF-16 unit
  if (imageManifest.length > limits.manifestBytes) {
    return failed('too-large', `${digest} has more than ${limits.manifestBytes} bytes`, 'manifest-bytes');
  }
  const bytes = Buffer.from(imageManifest, 'utf8');
  if (bytes.length > limits.manifestBytes) {
    return failed('too-large', `${digest} has ${bytes.length} bytes`, 'manifest-bytes');
  }
  const actual = digestOf(bytes);
  if (actual !== digest) return failed('digest-mismatch', `the manifest ${digest} has the digest ${actual}`);
  return { ok: true, value: { digest, mediaType: imageManifestMediaType, bytes } };
}

/** Lists page by page. `ANY`, because the default leaves out what was moved to the archive class. Throws what the client throws. */
async function listReferrers({ ecr, where, signal }: Call, subject: string, limits: Limits): Promise<ReferrerListing> {
  const referrers: ListedReferrer[] = [];
  let unusable = 0;
  let nextToken: string | undefined;
  for (let page = 0; page < limits.referrerPages; page += 1) {
    const output = await ecr.send(
      new ListImageReferrersCommand({
        ...where,
        subjectId: { imageDigest: subject },
        filter: { artifactStatus: 'ANY' },
        maxResults: REFERRERS_PER_PAGE,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
      { abortSignal: signal },
    );
    for (const { digest, artifactType, size } of output.referrers ?? []) {
      if (isDigest(digest)) referrers.push({ digest, artifactType, size });
      else unusable += 1;
    }
    if (referrers.length > limits.referrers) {
      return { referrers: referrers.slice(0, limits.referrers), truncatedBy: 'referrers', unusable };
    }
    nextToken = output.nextToken;
    if (!nextToken) return { referrers, unusable };
  }
  return { referrers, truncatedBy: 'referrer-pages', unusable };
}

async function readLayer(options: EcrRepository, blob: BlobRequest, signal: AbortSignal): Promise<Read<Uint8Array>> {
  let url: string | undefined;
  try {
    const input = { registryId: options.registryId, repositoryName: options.repository, layerDigest: blob.digest };
    const output = await options.ecr.send(new GetDownloadUrlForLayerCommand(input), { abortSignal: signal });
    url = output.downloadUrl;
  } catch (thrown) {
    return explainThrown('GetDownloadUrlForLayer', thrown, signal);
  }
  if (url === undefined) return failed('transient', 'GetDownloadUrlForLayer answered no URL');
  return downloadLayer(options.fetch, url, blob, signal);
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
