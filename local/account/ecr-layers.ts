import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  BatchCheckLayerAvailabilityCommand,
  CompleteLayerUploadCommand,
  EmptyUploadException,
  GetDownloadUrlForLayerCommand,
  InitiateLayerUploadCommand,
  InvalidLayerException,
  InvalidLayerPartException,
  type Layer,
  LayerAlreadyExistsException,
  type LayerFailure,
  LayerPartTooSmallException,
  LayersNotFoundException,
  UploadLayerPartCommand,
  UploadNotFoundException,
} from '@aws-sdk/client-ecr';
import { digestOf, isDigest } from '../../lambdas/core/digest.ts';
import { answers, type Operation, refusal } from './answer.ts';
import { type AccountContext, newId } from './context.ts';
import { invalid, type Repositories } from './ecr-repository.ts';
import { EmbeddedAccountError } from './errors.ts';

// ECR API reference, UploadLayerPart and LayerPartTooSmallException.
const LARGEST_PART = 10 * 1024 * 1024;
const SMALLEST_PART = 5 * 1024 * 1024;
/** Pre-signed layer URLs are good for one hour. */
const URL_LIFETIME = 60 * 60 * 1000;
/** `.invalid` never resolves (RFC 2606): a URL that escapes the account fails instead of going somewhere. */
const DOWNLOAD_ORIGIN = 'https://embedded.invalid';

interface Upload {
  readonly repository: string;
  readonly parts: Uint8Array[];
  bytes: number;
}

/** Blobs of repositories: upload in parts, availability, pre-signed download. */
export class Layers {
  private readonly context: AccountContext;
  private readonly repositories: Repositories;
  private readonly uploads = new Map<string, Upload>();
  private readonly secret: string;

  constructor(context: AccountContext, repositories: Repositories) {
    this.context = context;
    this.repositories = repositories;
    this.secret = newId(context);
  }

  operations(): [string, Operation][] {
    return [
      answers(InitiateLayerUploadCommand, (input) => {
        const repository = this.repositories.find(input.repositoryName, input.registryId);
        const uploadId = newId(this.context);
        this.uploads.set(uploadId, { repository: repository.name, parts: [], bytes: 0 });
        return { uploadId, partSize: LARGEST_PART };
      }),
      answers(UploadLayerPartCommand, (input) => {
        this.repositories.find(input.repositoryName, input.registryId);
        const upload = this.findUpload(input.repositoryName, input.uploadId);
        const part = input.layerPartBlob ?? new Uint8Array();
        if (part.length > LARGEST_PART) throw invalid('A layer part is at most 10 MiB');
        const fits =
          input.partFirstByte === upload.bytes &&
          input.partLastByte === upload.bytes + part.length - 1 &&
          part.length > 0;
        if (!fits) {
          throw new InvalidLayerPartException({
            message: `The layer part from ${input.partFirstByte} to ${input.partLastByte} does not follow what was received`,
            repositoryName: input.repositoryName,
            uploadId: input.uploadId,
            lastValidByteReceived: upload.bytes - 1,
            $metadata: { httpStatusCode: 400 },
          });
        }
        upload.parts.push(Uint8Array.from(part));
        upload.bytes += part.length;
        return {
          registryId: this.context.id,
          repositoryName: input.repositoryName,
          uploadId: input.uploadId,
          lastByteReceived: upload.bytes - 1,
        };
      }),
      answers(CompleteLayerUploadCommand, (input) => {
        const repository = this.repositories.find(input.repositoryName, input.registryId);
        const upload = this.findUpload(input.repositoryName, input.uploadId);
        if (upload.bytes === 0) throw refusal(EmptyUploadException, 'The upload has no layer parts');
        if (upload.parts.slice(0, -1).some((part) => part.length < SMALLEST_PART)) {
          throw refusal(LayerPartTooSmallException, 'Layer parts must be at least 5 MiB, except the last one');
        }
        const blob = Buffer.concat(upload.parts);
        const layerDigest = digestOf(blob);
        if (input.layerDigests?.length !== 1 || input.layerDigests[0] !== layerDigest) {
          throw refusal(InvalidLayerException, `The layer has the digest ${layerDigest}, not ${input.layerDigests}`);
        }
        this.uploads.delete(input.uploadId ?? '');
        if (repository.blobs.has(layerDigest)) {
          throw refusal(LayerAlreadyExistsException, `The layer ${layerDigest} already exists in ${repository.name}`);
        }
        repository.blobs.set(layerDigest, blob);
        return {
          registryId: this.context.id,
          repositoryName: repository.name,
          uploadId: input.uploadId,
          layerDigest,
        };
      }),
      answers(BatchCheckLayerAvailabilityCommand, (input) => {
        const repository = this.repositories.find(input.repositoryName, input.registryId);
        const asked = input.layerDigests ?? [];
        if (asked.length < 1 || asked.length > 100)
          throw invalid("Invalid parameter at 'layerDigests': between 1 and 100");
        const layers: Layer[] = [];
        const failures: LayerFailure[] = [];
        for (const layerDigest of asked) {
          const blob = repository.blobs.get(layerDigest);
          if (blob !== undefined) {
            layers.push({ layerDigest, layerAvailability: 'AVAILABLE', layerSize: blob.length });
          } else if (isDigest(layerDigest)) {
            layers.push({ layerDigest, layerAvailability: 'UNAVAILABLE' });
          } else {
            failures.push({ layerDigest, failureCode: 'InvalidLayerDigest', failureReason: 'Invalid layer digest' });
          }
        }
        return { layers, failures };
      }),
      answers(GetDownloadUrlForLayerCommand, (input) => {
        const repository = this.repositories.find(input.repositoryName, input.registryId);
        const layerDigest = input.layerDigest ?? '';
        if (!repository.blobs.has(layerDigest)) {
          throw refusal(LayersNotFoundException, `The layer ${layerDigest} does not exist in ${repository.name}`);
        }
        return { downloadUrl: this.signUrl(repository.name, layerDigest), layerDigest };
      }),
    ];
  }

  /**
   * Answers pre-signed layer URLs like S3: 403 for a wrong signature or after an hour. Any other address, and any method but GET, throws
   * `refused-address`: nothing in the account may reach the network.
   */
  async download(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.origin !== DOWNLOAD_ORIGIN || request.method !== 'GET') {
      throw new EmbeddedAccountError('refused-address', `the embedded account does not fetch ${url.origin}`);
    }
    await Promise.resolve();
    const repository = url.searchParams.get('repository') ?? '';
    const digest = url.searchParams.get('digest') ?? '';
    const expires = url.searchParams.get('expires') ?? '';
    const signature = Buffer.from(url.searchParams.get('signature') ?? '', 'hex');
    const expected = this.sign(repository, digest, expires);
    const genuine = signature.length === expected.length && timingSafeEqual(signature, expected);
    if (!genuine || Number(expires) <= this.context.clock.now()) return new Response('AccessDenied', { status: 403 });
    const blob = this.repositories.find(repository).blobs.get(digest);
    if (blob === undefined) return new Response('NoSuchKey', { status: 404 });
    this.context.timeline.add('api', this.context.traces.of(repository, digest), 's3:GetObject', {
      repository,
      digest,
      bytes: blob.length,
    });
    return new Response(Uint8Array.from(blob), {
      headers: { 'content-length': String(blob.length), 'content-type': 'application/octet-stream' },
    });
  }

  private findUpload(repository: string | undefined, uploadId: string | undefined): Upload {
    const upload = this.uploads.get(uploadId ?? '');
    if (upload === undefined || upload.repository !== repository) {
      throw refusal(UploadNotFoundException, `The upload ${uploadId} does not exist in ${repository}`);
    }
    return upload;
  }

  private signUrl(repository: string, digest: string): string {
    const expires = String(this.context.clock.now() + URL_LIFETIME);
    const signature = this.sign(repository, digest, expires).toString('hex');
    return `${DOWNLOAD_ORIGIN}/layer?${new URLSearchParams({ repository, digest, expires, signature })}`;
  }

  private sign(repository: string, digest: string, expires: string): Buffer {
    return createHmac('sha256', this.secret).update(`${repository}\n${digest}\n${expires}`).digest();
  }
}
