import type { ImageFailure } from '@aws-sdk/client-ecr';
import { messageOf } from '../core/errors.ts';
import { failed } from '../core/images/read-bytes.ts';
import type { ReadFailure } from '../core/images/source.ts';

const GONE = new Set([
  'RepositoryNotFoundException',
  'ImageNotFoundException',
  'LayersNotFoundException',
  // A layer that no image holds any more (ECR API reference, GetDownloadUrlForLayer)
  'LayerInaccessibleException',
]);
const DENIED = new Set([
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'ExpiredTokenException',
  'MissingAuthenticationTokenException',
  'KmsException',
]);

/**
 * What a call to ECR that threw means for the things it asked for. Throttling, server and network errors, and whatever is not known, are
 * `transient`: they say nothing about an image. The exception's name stays in the message.
 */
export function explainThrown(
  action: string,
  thrown: unknown,
  signal: AbortSignal,
): { ok: false; failure: ReadFailure } {
  if (signal.aborted) return failed('transient', `${action} did not answer in time`, 'milliseconds');
  const name = thrown instanceof Error ? thrown.name : 'error';
  const message = `${action}: ${name}: ${messageOf(thrown).slice(0, 300)}`;
  if (GONE.has(name)) return failed('not-found', message);
  return failed(DENIED.has(name) ? 'denied' : 'transient', message);
}

/** What one entry of BatchGetImage's `failures` means (ECR API reference, ImageFailure). An unknown code is worth another try. */
export function explainImageFailure({ failureCode, failureReason }: ImageFailure): { ok: false; failure: ReadFailure } {
  const message = `BatchGetImage: ${failureCode}: ${failureReason?.slice(0, 300) ?? ''}`;
  switch (failureCode) {
    case 'ImageNotFound':
    case 'ImageTagDoesNotMatchDigest':
      return failed('not-found', message);
    case 'UpstreamAccessDenied':
    case 'KmsError':
      return failed('denied', message);
    case 'InvalidImageDigest':
    case 'InvalidImageTag':
    case 'MissingDigestAndTag':
      return failed('malformed', message);
    default:
      return failed('transient', message);
  }
}
