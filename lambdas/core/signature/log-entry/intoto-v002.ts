import * as z from 'zod';
import {
  type Expected,
  expectEnvelope,
  expectHash,
  expectSameSignature,
  expectSameSigner,
  mismatch,
} from './binding.ts';

/** Rekor `intoto` 0.0.2. The signature stands in it in base64 twice over. */
export const shape = z.object({
  content: z.object({
    envelope: z.object({
      payloadType: z.string(),
      signatures: z.array(z.object({ sig: z.string(), publicKey: z.string() })),
    }),
    payloadHash: z.object({ algorithm: z.string(), value: z.string() }),
  }),
});

export function expectEntry({ content }: z.infer<typeof shape>, expected: Expected): void {
  const envelope = expectEnvelope(expected);
  if (content.envelope.payloadType !== envelope.payloadType) throw mismatch('payload type');
  expectHash(content.payloadHash.algorithm, content.payloadHash.value, envelope.payload, 'payload');
  const [only, ...others] = content.envelope.signatures;
  if (only === undefined || others.length > 0) throw mismatch('number of signatures');
  expectSameSignature(Buffer.from(only.sig, 'base64').toString('latin1'), expected);
  expectSameSigner(Buffer.from(only.publicKey, 'base64').toString(), expected);
}
