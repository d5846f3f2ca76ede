import { parseCoseEnvelope } from './cose.ts';
import { NotationError } from './errors.ts';
import { type NotationEnvelope, parseJwsEnvelope } from './jws.ts';

/** Largest signature envelope that is read. Real ones are below 32 KiB with a time stamp. */
export const LARGEST_ENVELOPE = 256 * 1024;

/** Reads a signature envelope of the media type its manifest's layer states. Nothing is verified. Throws `unsupported`, `too-large`, `malformed` or a code of its headers. */
export function parseEnvelope(bytes: Uint8Array, mediaType: string): NotationEnvelope {
  if (bytes.length > LARGEST_ENVELOPE) {
    throw new NotationError('too-large', `a signature envelope larger than ${LARGEST_ENVELOPE} bytes`);
  }
  switch (mediaType) {
    case 'application/jose+json':
      return parseJwsEnvelope(bytes);
    case 'application/cose':
      return parseCoseEnvelope(bytes);
    default:
      throw new NotationError(
        'unsupported',
        `no signature envelope is of type ${JSON.stringify(mediaType.slice(0, 100))}`,
      );
  }
}
