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

/** Rekor `intoto` 0.0.2. The signature stands in it in base64 twice over. */
export function expectEntry(spec: unknown, expected: Expected): void {
  const content = readFields(readFields(spec, 'spec').content, 'spec.content');
  const logged = readFields(content.envelope, 'spec.content.envelope');
  const payloadType = readText(logged.payloadType, 'spec.content.envelope.payloadType', LARGEST_BODY);
  const signatures = readList(logged.signatures, 'spec.content.envelope.signatures', readSignature, {
    most: MOST_SIGNATURES,
  });
  const payloadHash = readHash(content.payloadHash, 'spec.content.payloadHash');
  const envelope = expectEnvelope(expected);
  if (payloadType !== envelope.payloadType) throw mismatch('payload type');
  expectHash(payloadHash, envelope.payload, 'payload');
  const [only, ...others] = signatures;
  if (only === undefined || others.length > 0) throw mismatch('number of signatures');
  expectSameSignature(Buffer.from(only.sig, 'base64').toString('latin1'), expected);
  expectSameSigner(Buffer.from(only.publicKey, 'base64').toString(), expected);
}

function readSignature(value: unknown, at: string): { readonly sig: string; readonly publicKey: string } {
  const { sig, publicKey } = readFields(value, at);
  return {
    sig: readText(sig, `${at}.sig`, LARGEST_BODY),
    publicKey: readText(publicKey, `${at}.publicKey`, LARGEST_BODY),
  };
}
