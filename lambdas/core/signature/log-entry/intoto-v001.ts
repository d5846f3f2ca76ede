import { readFields, readOptional, readText } from '../fields.ts';
import { type Expected, expectEnvelope, expectHash, expectSameSigner, LARGEST_BODY, readHash } from './binding.ts';

/** Rekor `intoto` 0.0.1. It holds no signature of its own, only the hash of the whole envelope as it was uploaded, so that hash is what binds the signature. */
export function expectEntry(spec: unknown, expected: Expected): void {
  const entry = readFields(spec, 'spec');
  const content = readFields(entry.content, 'spec.content');
  const hash = readHash(content.hash, 'spec.content.hash');
  const payloadHash = readOptional(content.payloadHash, 'spec.content.payloadHash', readHash);
  const publicKey = readText(entry.publicKey, 'spec.publicKey', LARGEST_BODY);
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
  expectHash(hash, stored, 'envelope');
  if (payloadHash !== undefined) expectHash(payloadHash, envelope.payload, 'payload');
  expectSameSigner(Buffer.from(publicKey, 'base64').toString(), expected);
}
