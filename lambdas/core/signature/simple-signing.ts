import { readFields, readText } from './fields.ts';
import { readJson } from './json.ts';
import type { SignedContent } from './outcome.ts';

const LARGEST = 64 * 1024;

/** Reads a simple-signing payload (containers/image, simple signing; cosign specs/SIGNATURE_SPEC.md). Throws `malformed` or `too-large`. */
export function readSimpleSigning(payload: Uint8Array): Extract<SignedContent, { kind: 'simple-signing' }> {
  const { critical, optional } = readFields(readJson(payload, 'simple-signing payload', LARGEST), 'payload');
  const { image, type } = readFields(critical, 'critical');
  return {
    kind: 'simple-signing',
    type: readText(type, 'critical.type', 200),
    manifestDigest: readText(
      readFields(image, 'critical.image')['docker-manifest-digest'],
      'critical.image.docker-manifest-digest',
      200,
    ),
    optional: optional ?? null,
  };
}
