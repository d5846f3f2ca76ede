import { readFields, readText } from '../fields.ts';
import {
  type Expected,
  expectSameSignature,
  expectSameVerifier,
  LARGEST_BODY,
  mismatch,
  readVerifier,
} from './binding.ts';

/** Rekor v2 `hashedrekord` 0.0.2: over an artifact, or over the pre-authentication encoding of an envelope. */
export function expectEntry(spec: unknown, expected: Expected): void {
  const entry = readFields(readFields(spec, 'spec').hashedRekordV002, 'spec.hashedRekordV002');
  const data = readFields(entry.data, 'spec.hashedRekordV002.data');
  const algorithm = readText(data.algorithm, 'spec.hashedRekordV002.data.algorithm', LARGEST_BODY);
  const digest = readText(data.digest, 'spec.hashedRekordV002.data.digest', LARGEST_BODY);
  const signature = readFields(entry.signature, 'spec.hashedRekordV002.signature');
  const content = readText(signature.content, 'spec.hashedRekordV002.signature.content', LARGEST_BODY);
  const verifier = readVerifier(signature.verifier, 'spec.hashedRekordV002.signature.verifier');
  if (algorithm !== 'SHA2_256' || digest !== expected.sha256.toString('base64')) throw mismatch('content digest');
  expectSameSignature(content, expected);
  expectSameVerifier(verifier, expected);
}
