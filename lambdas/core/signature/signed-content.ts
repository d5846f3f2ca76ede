import { createHash, type KeyObject } from 'node:crypto';
import { SignatureError } from './errors.ts';
import type { Expected } from './log-entry/binding.ts';
import type { Material } from './material.ts';
import type { SignedContent } from './outcome.ts';
import { readSimpleSigning } from './simple-signing.ts';
import { readStatement } from './statement.ts';

/** Whether a signature of the key is one over bytes of which only the sha256 is known. */
export type VerifyDigest = (key: KeyObject, sha256: Uint8Array, signature: Uint8Array) => boolean;

/**
 * The artifact that a bundle from a file is said to be about: its bytes, or their sha256 alone. The latter takes a verifier of its own
 * (`verifyDigestWithKey`), which is no part of the deployed functions: they never need it, and it is slow to load.
 */
export type Artifact =
  | { readonly bytes: Uint8Array }
  | { readonly sha256: Buffer; readonly verifyDigest: VerifyDigest };

/** What the signature and each log entry must be about. Throws `unsupported` for a signature over an artifact where none is at hand. */
export function describeExpected(material: Material, key: KeyObject, artifact: Artifact | undefined): Expected {
  const { signed, signature, certificate } = material;
  const base = { signature, signed, certificate, key };
  const bytes = bytesOf(material, artifact);
  if (bytes !== undefined) return { ...base, signedBytes: bytes, sha256: sha256(bytes) };
  if (artifact !== undefined && 'sha256' in artifact)
    return { ...base, signedBytes: undefined, sha256: artifact.sha256 };
  throw new SignatureError('unsupported', 'a signature over an artifact says nothing about an image');
}

function bytesOf({ signed }: Material, artifact: Artifact | undefined): Uint8Array | undefined {
  switch (signed.kind) {
    case 'envelope':
      return signed.envelope.encoded;
    case 'simple-signing':
      return signed.payload;
    case 'artifact':
      return artifact !== undefined && 'bytes' in artifact ? artifact.bytes : undefined;
  }
}

/** Reads what was signed; where an artifact is at hand, it must be about that. Throws `content-mismatch`, `malformed`, `unsupported` or `too-large`. */
export function readContent({ signed }: Material, expected: Expected, artifact: Artifact | undefined): SignedContent {
  switch (signed.kind) {
    case 'envelope': {
      const statement = readStatement(signed.envelope);
      if (artifact !== undefined) expectSubject(statement, artifact);
      return statement;
    }
    case 'simple-signing':
      return readSimpleSigning(signed.payload);
    case 'artifact':
      if (signed.claimed !== undefined && !signed.claimed.equals(expected.sha256)) {
        throw new SignatureError('content-mismatch', 'the bundle names another digest than that of the artifact');
      }
      return { kind: 'message', digest: { algorithm: 'sha256', value: expected.sha256.toString('hex') } };
  }
}

function expectSubject({ subjects }: Extract<SignedContent, { kind: 'statement' }>, artifact: Artifact): void {
  const digests =
    'bytes' in artifact
      ? ['sha256', 'sha512'].map(
          (algorithm) => `${algorithm}:${createHash(algorithm).update(artifact.bytes).digest('hex')}`,
        )
      : [`sha256:${artifact.sha256.toString('hex')}`];
  if (!subjects.some(({ algorithm, value }) => digests.includes(`${algorithm}:${value}`))) {
    throw new SignatureError('content-mismatch', 'the statement is not about the artifact');
  }
}

/** What was signed, in words. */
export function describeContent(content: SignedContent): string {
  switch (content.kind) {
    case 'statement':
      return `a statement of type ${content.predicateType}`;
    case 'simple-signing':
      return `a payload of type ${content.type}`;
    case 'message':
      return `the artifact ${content.digest.value}`;
    case 'descriptor':
      return `the manifest ${content.digest}`;
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
