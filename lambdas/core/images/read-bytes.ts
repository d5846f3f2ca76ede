import { type Digest, digestOf } from '../digest.ts';
import { messageOf } from '../errors.ts';
import type { BlobRequest, BoundName, Limits, Read, ReadFailure, StoredManifest } from './source.ts';

/** A failed read. */
export function failed(
  code: ReadFailure['code'],
  message: string,
  bound?: BoundName,
): { ok: false; failure: ReadFailure } {
  return { ok: false, failure: bound === undefined ? { code, message } : { code, message, bound } };
}

/** Why a read stopped that threw: the time bound, or something on the way that is worth another try. */
export function failedReading(what: string, thrown: unknown, signal: AbortSignal): { ok: false; failure: ReadFailure } {
  if (signal.aborted) return failed('transient', `${what} was not read in time`, 'milliseconds');
  return failed('transient', `${what} could not be read: ${messageOf(thrown).slice(0, 300)}`);
}

/**
 * Collects a body of at most `most` bytes and gives up at the first byte beyond, so that neither a lying length nor an endless body costs memory.
 * Resolves to undefined where the body is longer. Rejects where the stream fails or `signal` aborts.
 */
export async function collectBytes(
  body: ReadableStream<Uint8Array> | null,
  most: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const stop = () => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return Buffer.concat(chunks, length);
      length += value.length;
      if (length > most) {
        stop();
        return undefined;
      }
      chunks.push(value);
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Accepts a blob only with the digest and the size that its descriptor says. */
export function checkBlob(
  bytes: Uint8Array,
  wanted: { readonly digest: Digest; readonly size: number },
): Read<Uint8Array> {
  if (bytes.length !== wanted.size) {
    return failed(
      'digest-mismatch',
      `${wanted.digest} has ${bytes.length} bytes where its descriptor says ${wanted.size}`,
    );
  }
  const actual = digestOf(bytes);
  if (actual !== wanted.digest) return failed('digest-mismatch', `${wanted.digest} has the digest ${actual}`);
  return { ok: true, value: bytes };
}

/**
 * Reads blobs with at most `width` under way, within the bounds on one blob and on all of them. A blob whose descriptor is beyond a bound is not
 * asked for. Results come in the order of the requests.
 */
export function readBlobsWithin(
  blobs: readonly BlobRequest[],
  limits: Limits,
  width: number,
  readOne: (blob: BlobRequest) => Promise<Read<Uint8Array>>,
): Promise<Read<Uint8Array>[]> {
  let bytes = 0;
  return mapConcurrently(blobs, width, async (blob) => {
    if (blob.size > limits.blobBytes) return failed('too-large', `${blob.digest} has ${blob.size} bytes`, 'blob-bytes');
    if (bytes + blob.size > limits.totalBytes) {
      return failed('too-large', `more than ${limits.totalBytes} bytes of layers`, 'total-bytes');
    }
    bytes += blob.size;
    return readOne(blob);
  });
}

/** Lets manifests through until all of them together are beyond `totalBytes`. */
export function keepWithin(reads: readonly Read<StoredManifest>[], limits: Limits): Read<StoredManifest>[] {
  let bytes = 0;
  return reads.map((read) => {
    if (!read.ok) return read;
    bytes += read.value.bytes.length;
    if (bytes <= limits.totalBytes) return read;
    return failed('too-large', `more than ${limits.totalBytes} bytes of manifests`, 'total-bytes');
  });
}

/** Runs `task` over items with at most `width` under way. Results come in the order of the items. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  width: number,
  task: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const at = next;
      next += 1;
      const item = items[at];
      if (item !== undefined) results.set(at, await task(item));
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, work));
  return items.flatMap((_, at) => {
    const result = results.get(at);
    return result === undefined ? [] : [result];
  });
}
