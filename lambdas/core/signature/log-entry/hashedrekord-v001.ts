import { readFields, readText } from '../fields.ts';
import { type Expected, expectSameSignature, expectSameSigner, LARGEST_BODY, mismatch, readHash } from './binding.ts';

/** Rekor `hashedrekord` 0.0.1: a signature over the hash of an artifact or of a payload. */
export function expectEntry(spec: unknown, expected: Expected): void {
  const { signature, data } = readFields(spec, 'spec');
  const { content, publicKey } = readFields(signature, 'spec.signature');
  const signed = readText(content, 'spec.signature.content', LARGEST_BODY);
  const signer = readText(
    readFields(publicKey, 'spec.signature.publicKey').content,
    'spec.signature.publicKey.content',
    LARGEST_BODY,
  );
  const { algorithm, value } = readHash(readFields(data, 'spec.data').hash, 'spec.data.hash');
  if (algorithm !== 'sha256' || value !== expected.sha256.toString('hex')) throw mismatch('artifact digest');
  expectSameSignature(signed, expected);
  expectSameSigner(Buffer.from(signer, 'base64').toString(), expected);
}
