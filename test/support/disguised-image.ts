import { digestOf } from '../../lambdas/core/digest.ts';
import { type Artifact, buildImage } from '../../local/sigstore/images.ts';

/** An image that a runtime would run, and that calls itself an attachment of another one by naming it as its subject. */
export function disguiseImage(contents: string, subject: Artifact): Artifact {
  const image = buildImage(contents);
  const { mediaType, digest, manifest } = subject;
  const named = { mediaType, digest, size: manifest.length };
  const disguised = Buffer.from(JSON.stringify({ ...JSON.parse(image.manifest.toString()), subject: named }));
  return { ...image, digest: digestOf(disguised), manifest: disguised };
}
