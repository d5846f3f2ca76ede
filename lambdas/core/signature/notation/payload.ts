import * as z from 'zod';
import { NotationError } from './errors.ts';
import { parseJsonText } from './json-text.ts';

/** What an OCI descriptor says of an artifact's manifest (image-spec, descriptor.md). `digest` as `sha256:…`, `size` in bytes. */
export interface ArtifactDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** The descriptor that was signed, with the annotations (user metadata) that were signed with it. */
export interface SignedDescriptor extends ArtifactDescriptor {
  readonly annotations: Readonly<Record<string, string>>;
}

const LARGEST = 64 * 1024;

const payloadShape = z.strictObject({
  targetArtifact: z.strictObject({
    mediaType: z.string().min(1).max(255),
    digest: z.string().regex(/^[a-z0-9]{1,20}:[0-9a-f]{32,128}$/),
    size: z.int().min(0),
    annotations: z.record(z.string().max(1024), z.string().max(16 * 1024)).optional(),
    artifactType: z.string().max(255).optional(),
  }),
});

/** Reads a signed payload (signature-specification.md, Payload). Throws `bad-payload` or `too-large`. */
export function readPayload(bytes: Uint8Array): SignedDescriptor {
  const { targetArtifact } = parseJsonText(bytes, payloadShape, 'the payload', LARGEST, 'bad-payload');
  const { mediaType, digest, size, annotations = {} } = targetArtifact;
  return { mediaType, digest, size, annotations };
}

/** Refuses a signature about another artifact: media type, digest and size must all be the same. Throws `subject-mismatch`. */
export function expectArtifact(signed: SignedDescriptor, artifact: ArtifactDescriptor): void {
  for (const property of ['digest', 'size', 'mediaType'] as const) {
    if (signed[property] !== artifact[property]) {
      throw new NotationError('subject-mismatch', `it is about an artifact with another ${property}`);
    }
  }
}

/** Refuses a signature whose signed annotations lack something that is demanded. Throws `metadata-mismatch`. */
export function expectMetadata(signed: SignedDescriptor, demanded: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(demanded)) {
    if (!Object.hasOwn(signed.annotations, name) || signed.annotations[name] !== value) {
      throw new NotationError('metadata-mismatch', `the annotation ${name.slice(0, 100)} is not signed as demanded`);
    }
  }
}
