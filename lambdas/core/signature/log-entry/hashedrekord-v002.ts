import * as z from 'zod';
import { type Expected, expectSameSignature, expectSameVerifier, mismatch } from './binding.ts';

const rawBytes = z.object({ rawBytes: z.string() });
export const verifierShape = z.object({ x509Certificate: rawBytes.optional(), publicKey: rawBytes.optional() });

/** Rekor v2 `hashedrekord` 0.0.2: over an artifact, or over the pre-authentication encoding of an envelope. */
export const shape = z.object({
  hashedRekordV002: z.object({
    data: z.object({ algorithm: z.string(), digest: z.string() }),
    signature: z.object({ content: z.string(), verifier: verifierShape }),
  }),
});

export function expectEntry(
  { hashedRekordV002: { data, signature } }: z.infer<typeof shape>,
  expected: Expected,
): void {
  if (data.algorithm !== 'SHA2_256' || data.digest !== expected.sha256.toString('base64'))
    throw mismatch('content digest');
  expectSameSignature(signature.content, expected);
  expectSameVerifier(signature.verifier, expected);
}
