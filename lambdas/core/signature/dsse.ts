import { decodeBase64 } from './base64.ts';
import { SignatureError } from './errors.ts';
import { readFields, readList, readText } from './fields.ts';
import type { Envelope } from './material.ts';

/** Largest envelope that is read; SBOM attestations reach a few MiB. */
export const LARGEST_ENVELOPE = 16 * 1024 * 1024;

/** A DSSE envelope as its JSON has it, nothing decoded. */
export interface WrittenEnvelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly sig: string }[];
}

export function readWrittenEnvelope(value: unknown, at: string): WrittenEnvelope {
  const envelope = readFields(value, at);
  return {
    payloadType: readText(envelope.payloadType, `${at}.payloadType`, 256, 1),
    payload: readText(envelope.payload, `${at}.payload`, LARGEST_ENVELOPE),
    signatures: readList(envelope.signatures, `${at}.signatures`, readWrittenSignature, { most: 16 }),
  };
}

function readWrittenSignature(value: unknown, at: string): WrittenEnvelope['signatures'][number] {
  return { sig: readText(readFields(value, at).sig, `${at}.sig`, 16 * 1024) };
}

/**
 * Takes a parsed DSSE envelope apart. Exactly one signature is accepted: with several it would be unclear whose statement it is. Throws `malformed` or `unsupported`.
 */
export function readEnvelope(
  written: WrittenEnvelope,
  stored?: Uint8Array,
): { readonly envelope: Envelope; readonly signature: Buffer } {
  const [only, ...others] = written.signatures;
  if (only === undefined) throw new SignatureError('no-signature', 'the envelope has no signature');
  if (others.length > 0) throw new SignatureError('unsupported', 'the envelope has more than one signature');
  const payload = decodeBase64(written.payload, 'payload');
  const encoded = encodePreAuthentication(written.payloadType, payload);
  const envelope = { payloadType: written.payloadType, payload, encoded, ...(stored && { stored }) };
  return { envelope, signature: decodeBase64(only.sig, 'signature') };
}

/** PAE of DSSE v1 (secure-systems-lab/dsse, protocol.md): lengths are of UTF-8 octets. */
export function encodePreAuthentication(type: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
