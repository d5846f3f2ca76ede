import { readFields, readList, readText } from '../fields.ts';
import {
  type EntryVerifier,
  type Expected,
  expectEnvelope,
  expectHash,
  expectSameSignature,
  expectSameVerifier,
  LARGEST_BODY,
  MOST_SIGNATURES,
  mismatch,
  readVerifier,
} from './binding.ts';

/** Rekor v2 `dsse` 0.0.2. */
export function expectEntry(spec: unknown, expected: Expected): void {
  const entry = readFields(readFields(spec, 'spec').dsseV002, 'spec.dsseV002');
  const { algorithm, digest } = readFields(entry.payloadHash, 'spec.dsseV002.payloadHash');
  const hash = {
    algorithm: readText(algorithm, 'spec.dsseV002.payloadHash.algorithm', LARGEST_BODY),
    digest: readText(digest, 'spec.dsseV002.payloadHash.digest', LARGEST_BODY),
  };
  const signatures = readList(entry.signatures, 'spec.dsseV002.signatures', readSignature, { most: MOST_SIGNATURES });
  expectHash(
    {
      algorithm: hash.algorithm === 'SHA2_256' ? 'sha256' : hash.algorithm,
      value: Buffer.from(hash.digest, 'base64').toString('hex'),
    },
    expectEnvelope(expected).payload,
    'payload',
  );
  const [only, ...others] = signatures;
  if (only === undefined || others.length > 0) throw mismatch('number of signatures');
  expectSameSignature(only.content, expected);
  expectSameVerifier(only.verifier, expected);
}

function readSignature(value: unknown, at: string): { readonly content: string; readonly verifier: EntryVerifier } {
  const { content, verifier } = readFields(value, at);
  return {
    content: readText(content, `${at}.content`, LARGEST_BODY),
    verifier: readVerifier(verifier, `${at}.verifier`),
  };
}
