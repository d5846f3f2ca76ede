import { createHash } from 'node:crypto';
import { CountersignError } from './errors.ts';

declare const digestBrand: unique symbol;

/** A content digest as OCI writes it, `sha256:` and 64 lower-case hex digits (OCI image-spec, descriptor.md). Only sha256 is accepted. */
export type Digest = string & { readonly [digestBrand]: 'sha256' };

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Tells whether a text is a sha256 digest in OCI form. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && DIGEST.test(text);
}

/** Parses an OCI digest. Throws `bad-digest` for anything but `sha256:` plus 64 lower-case hex digits. */
export function parseDigest(text: string): Digest {
  if (!isDigest(text)) throw new CountersignError('bad-digest', `not a sha256 digest: ${text.slice(0, 100)}`);
  return text;
}

/** The sha256 digest of bytes in OCI form. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
}

/** The 64 hex digits of a digest. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
