import * as z from 'zod';
import { decodeBase64 } from './base64.ts';
import { SignatureError } from './errors.ts';
import type { Envelope } from './material.ts';

/** Largest envelope that is read; SBOM attestations reach a few MiB. */
export const LARGEST_ENVELOPE = 16 * 1024 * 1024;

export const envelopeShape = z.object({
  payloadType: z.string().min(1).max(256),
  payload: z.string().max(LARGEST_ENVELOPE),
  signatures: z.array(z.object({ sig: z.string().max(16 * 1024) })).max(16),
});

/**
 * Takes a parsed DSSE envelope apart. Exactly one signature is accepted: with several it would be unclear whose statement it is. Throws `malformed` or `unsupported`.
 */
export function readEnvelope(
  shape: z.infer<typeof envelopeShape>,
  stored?: Uint8Array,
): { readonly envelope: Envelope; readonly signature: Buffer } {
  const [only, ...others] = shape.signatures;
  if (only === undefined) throw new SignatureError('no-signature', 'the envelope has no signature');
  if (others.length > 0) throw new SignatureError('unsupported', 'the envelope has more than one signature');
  const payload = decodeBase64(shape.payload, 'payload');
  const encoded = encodePreAuthentication(shape.payloadType, payload);
  const envelope = { payloadType: shape.payloadType, payload, encoded, ...(stored && { stored }) };
  return { envelope, signature: decodeBase64(only.sig, 'signature') };
}

/** PAE of DSSE v1 (secure-systems-lab/dsse, protocol.md): lengths are of UTF-8 octets. */
export function encodePreAuthentication(type: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
