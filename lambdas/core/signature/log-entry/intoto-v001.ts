import * as z from 'zod';
import { type Expected, expectEnvelope, expectHash, expectSameSigner } from './binding.ts';

/** Rekor `intoto` 0.0.1. It holds no signature of its own, only the hash of the whole envelope as it was uploaded, so that hash is what binds the signature. */
export const shape = z.object({
  content: z.object({
    hash: z.object({ algorithm: z.string(), value: z.string() }),
    payloadHash: z.object({ algorithm: z.string(), value: z.string() }).optional(),
  }),
  publicKey: z.string(),
});

export function expectEntry({ content, publicKey }: z.infer<typeof shape>, expected: Expected): void {
  const envelope = expectEnvelope(expected);
  // Where the envelope was not stored by itself, it is written again as Go's encoder writes what cosign uploads.
  const stored =
    envelope.stored ??
    Buffer.from(
      JSON.stringify({
        payloadType: envelope.payloadType,
        payload: envelope.payload.toString('base64'),
        signatures: [{ keyid: '', sig: expected.signature.toString('base64') }],
      }),
    );
  expectHash(content.hash.algorithm, content.hash.value, stored, 'envelope');
  if (content.payloadHash !== undefined) {
    expectHash(content.payloadHash.algorithm, content.payloadHash.value, envelope.payload, 'payload');
  }
  expectSameSigner(Buffer.from(publicKey, 'base64').toString(), expected);
}
