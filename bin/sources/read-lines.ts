import { SourceError } from './errors.ts';

const LINE_FEED = 0x0a;

/** A line of a stream, without its end; undefined where it was longer than the limit, whose bytes are left out. */
export type Line = Uint8Array | undefined;

/** Reads a stream line by line and holds no more than one line of at most `limit` bytes. A last line without end counts. */
export async function* readLines(stream: AsyncIterable<Uint8Array> | undefined, limit: number): AsyncGenerator<Line> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream ?? []) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      size += end - start;
      yield size > limit ? undefined : Buffer.concat([...held, chunk.subarray(start, end)]);
      [held, size, start] = [[], 0, end + 1];
    }
    size += chunk.length - start;
    if (size > limit) held = [];
    else if (start < chunk.length) held.push(chunk.subarray(start));
  }
  if (size > 0) yield size > limit ? undefined : Buffer.concat(held);
}

/** Largest text that is read whole. */
const LARGEST = 4 * 1024 * 1024;

/** Reads a stream whole as UTF-8, at most 4 MiB. Throws SourceError. */
export async function readAll(stream: AsyncIterable<Uint8Array> | undefined): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream ?? []) {
    size += chunk.length;
    if (size > LARGEST) throw new SourceError('too-large', `stdin holds more than ${LARGEST} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}
