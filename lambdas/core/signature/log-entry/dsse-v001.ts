import * as z from 'zod';
import {
  type Expected,
  expectEnvelope,
  expectHash,
  expectSameSignature,
  expectSameSigner,
  mismatch,
} from './binding.ts';

/** Rekor `dsse` 0.0.1. Its envelope hash depends on how the envelope was written and is not compared: payload, signature and signer are. */
export const shape = z.object({
  payloadHash: z.object({ algorithm: z.string(), value: z.string() }),
  signatures: z.array(z.object({ signature: z.string(), verifier: z.string() })),
});

export function expectEntry(spec: z.infer<typeof shape>, expected: Expected): void {
  expectHash(spec.payloadHash.algorithm, spec.payloadHash.value, expectEnvelope(expected).payload, 'payload');
  const [only, ...others] = spec.signatures;
  if (only === undefined || others.length > 0) throw mismatch('number of signatures');
  expectSameSignature(only.signature, expected);
  expectSameSigner(Buffer.from(only.verifier, 'base64').toString(), expected);
}
