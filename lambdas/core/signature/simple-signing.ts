import * as z from 'zod';
import { parseJson } from './json.ts';
import type { SignedContent } from './outcome.ts';

const LARGEST = 64 * 1024;

const payloadShape = z.object({
  critical: z.object({
    image: z.object({ 'docker-manifest-digest': z.string().max(200) }),
    type: z.string().max(200),
  }),
  optional: z.unknown().optional(),
});

/** Reads a simple-signing payload (containers/image, simple signing; cosign specs/SIGNATURE_SPEC.md). Throws `malformed` or `too-large`. */
export function readSimpleSigning(payload: Uint8Array): Extract<SignedContent, { kind: 'simple-signing' }> {
  const { critical, optional } = parseJson(payload, payloadShape, 'simple-signing payload', LARGEST);
  return {
    kind: 'simple-signing',
    type: critical.type,
    manifestDigest: critical.image['docker-manifest-digest'],
    optional: optional ?? null,
  };
}
