import { appendFileSync, existsSync, truncateSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { type Digest, isDigest } from '../../lambdas/core/digest.ts';
import { messageOf } from '../../lambdas/core/errors.ts';
import { ConfigurationError, UndecidedError } from '../commands/command.ts';
import { readBoundedBytes } from '../config/load-configuration.ts';
import type { Result } from '../output/result.ts';

const digest = z.string().refine(isDigest);
const headSchema = z.strictObject({ countersign: z.literal('sweep'), trust: z.string() });
const entrySchema = z.strictObject({
  repository: z.string().max(512),
  digest,
  verdict: z.enum(['verified', 'unsigned', 'invalid', 'gone', 'ignored']),
  children: z.array(digest).max(1000).readonly().optional(),
  waits: z.literal(true).optional(),
});
/** An image that is done with, and what a verified index lists. `waits`: an index that is not known yet may cover it. */
export type Entry = z.infer<typeof entrySchema>;

/** 300 bytes an image: some 700,000 images. */
const LARGEST = 200 * 1024 * 1024;

/**
 * What a sweep is done with, in a file that grows by a line for each image, so that a sweep that ended early goes on where it was. Undecided images are not kept:
 * they are looked at again. A file of a sweep by other trust is refused. Who can write the file can skip images: keep it where only you can.
 */
export class Checkpoint {
  readonly #file: string | undefined;
  readonly #done = new Map<string, Entry>();

  /** Opens or makes the file; without one nothing is kept. Throws ConfigurationError. */
  constructor(file: string | undefined, trust: string) {
    this.#file = file;
    if (file === undefined) return;
    if (existsSync(file)) this.#read(file, trust);
    else
      this.#write(() => writeFileSync(file, `${JSON.stringify({ countersign: 'sweep', trust })}\n`, { mode: 0o600 }));
  }

  find(repository: string, of: Digest): Entry | undefined {
    return this.#done.get(`${repository}@${of}`);
  }

  /** Later entries about an image take the place of earlier ones. */
  keep(entry: Omit<Entry, 'verdict'> & { readonly verdict: Result['verdict'] }): void {
    const { verdict } = entry;
    const file = this.#file;
    if (file === undefined || verdict === 'error') return;
    this.#write(() => appendFileSync(file, `${JSON.stringify({ ...entry, verdict })}\n`));
  }

  #write(write: () => void): void {
    try {
      write();
    } catch (cause) {
      throw new UndecidedError('unwritable-file', `the checkpoint: ${messageOf(cause)}`, { cause });
    }
  }

  #read(file: string, trust: string): void {
    const refuse = (message: string) => new ConfigurationError([{ file, path: '', message }]);
    let bytes: Buffer;
    try {
      bytes = readBoundedBytes(file, LARGEST);
    } catch (error) {
      throw refuse(messageOf(error));
    }
    // What was being written when a sweep ended is no line yet.
    const end = bytes.lastIndexOf('\n') + 1;
    const [head, ...lines] = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    const first = headSchema.safeParse(parse(head));
    if (!first.success) throw refuse('no checkpoint of a sweep');
    if (first.data.trust !== trust)
      throw refuse('the checkpoint of a sweep by another policy: remove it, or name another');
    for (const [index, line] of lines.entries()) {
      const entry = entrySchema.safeParse(parse(line));
      if (!entry.success) throw refuse(`line ${index + 2} cannot be read`);
      this.#done.set(`${entry.data.repository}@${entry.data.digest}`, entry.data);
    }
    if (end < bytes.length) this.#write(() => truncateSync(file, end));
  }
}

function parse(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? '');
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
