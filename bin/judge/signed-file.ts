import { existsSync } from 'node:fs';
import { type Digest, digestOf, hexOf, isDigest } from '../../lambdas/core/digest.ts';
import { verifyDigestWithKey } from '../../lambdas/core/signature/digest-signature.ts';
import type { Artifact } from '../../lambdas/core/signature/signed-content.ts';

/** As `blobBytes` of an image's signatures. */
export const LARGEST_BUNDLE = 16 * 1024 * 1024;
/** An artifact is held in memory; of a larger one the digest can be given. */
export const LARGEST_ARTIFACT = 1024 * 1024 * 1024;

/** What a signature is said to be about. */
export interface Target {
  readonly digest: Digest;
  readonly artifact: Artifact;
}

/** What starts with `sha256:`, has 64 hex digits and is no file is a digest; everything else is a file (sigstore-conformance, docs/cli_protocol.md). */
export function readTarget(name: string, read: (path: string) => Uint8Array): Target {
  const digest = name.toLowerCase();
  if (isDigest(digest) && !existsSync(name)) {
    return { digest, artifact: { sha256: Buffer.from(hexOf(digest), 'hex'), verifyDigest: verifyDigestWithKey } };
  }
  const bytes = read(name);
  return { digest: digestOf(bytes), artifact: { bytes } };
}
