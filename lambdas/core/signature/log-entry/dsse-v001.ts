import { readFields, readList, readText } from '../fields.ts';
import {
  type Expected,
  expectEnvelope,
  expectHash,
  expectSameSignature,
  expectSameSigner,
  LARGEST_BODY,
  MOST_SIGNATURES,
  mismatch,
  readHash,
} from './binding.ts';

/** Rekor `dsse` 0.0.1. Its envelope hash depends on how the envelope was written and is not compared: payload, signature and signer are. */
export function expectEntry(spec: unknown, expected: Expected): void {
  const entry = readFields(spec, 'spec');
  const payloadHash = readHash(entry.payloadHash, 'spec.payloadHash');
  const signatures = readList(entry.signatures, 'spec.signatures', readSignature, { most: MOST_SIGNATURES });
  expectHash(payloadHash, expectEnvelope(expected).payload, 'payload');
  const [only, ...others] = signatures;
  if (only === undefined || others.length > 0) throw mismatch('number of signatures');
  expectSameSignature(only.signature, expected);
  expectSameSigner(Buffer.from(only.verifier, 'base64').toString(), expected);
}

function readSignature(value: unknown, at: string): { readonly signature: string; readonly verifier: string } {
  const { signature, verifier } = readFields(value, at);
  return {
    signature: readText(signature, `${at}.signature`, LARGEST_BODY),
    verifier: readText(verifier, `${at}.verifier`, LARGEST_BODY),
  };
}
