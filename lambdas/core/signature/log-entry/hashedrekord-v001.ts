import * as z from 'zod';
import { type Expected, expectSameSignature, expectSameSigner, mismatch } from './binding.ts';

/** Rekor `hashedrekord` 0.0.1: a signature over the hash of an artifact or of a payload. */
export const shape = z.object({
  signature: z.object({ content: z.string(), publicKey: z.object({ content: z.string() }) }),
  data: z.object({ hash: z.object({ algorithm: z.string(), value: z.string() }) }),
});

export function expectEntry(spec: z.infer<typeof shape>, expected: Expected): void {
  const { algorithm, value } = spec.data.hash;
  if (algorithm !== 'sha256' || value !== expected.sha256.toString('hex')) throw mismatch('artifact digest');
  expectSameSignature(spec.signature.content, expected);
  expectSameSigner(Buffer.from(spec.signature.publicKey.content, 'base64').toString(), expected);
}
