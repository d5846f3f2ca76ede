import * as z from 'zod';
import {
  type Expected,
  expectEnvelope,
  expectHash,
  expectSameSignature,
  expectSameVerifier,
  mismatch,
} from './binding.ts';
import { verifierShape } from './hashedrekord-v002.ts';

/** Rekor v2 `dsse` 0.0.2. */
export const shape = z.object({
  dsseV002: z.object({
    payloadHash: z.object({ algorithm: z.string(), digest: z.string() }),
    signatures: z.array(z.object({ content: z.string(), verifier: verifierShape })),
  }),
});

export function expectEntry(
  { dsseV002: { payloadHash, signatures } }: z.infer<typeof shape>,
  expected: Expected,
): void {
  const algorithm = payloadHash.algorithm === 'SHA2_256' ? 'sha256' : payloadHash.algorithm;
  expectHash(
    algorithm,
    Buffer.from(payloadHash.digest, 'base64').toString('hex'),
    expectEnvelope(expected).payload,
    'payload',
  );
  const [only, ...others] = signatures;
  if (only === undefined || others.length > 0) throw mismatch('number of signatures');
  expectSameSignature(only.content, expected);
  expectSameVerifier(only.verifier, expected);
}
