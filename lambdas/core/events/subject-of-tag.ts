import { type Digest, isDigest } from '../digest.ts';

/** The digest that a cosign tag is about: `sha256-<hex>.sig`, `.att`, `.sbom`, or the fallback tag of the referrers API without an ending. Undefined for other tags. */
export function subjectOfTag(tag: string | undefined): Digest | undefined {
  const match = /^sha256-([0-9a-f]{64})(?:\.(?:sig|att|sbom))?$/.exec(tag ?? '');
  const digest = `sha256:${match?.[1]}`;
  return isDigest(digest) ? digest : undefined;
}
