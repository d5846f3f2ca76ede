/** A version as Go's semver reads a tag: `v1`, `v1.2`, `v1.2.3-rc.1+build`. What is left out is undefined. */
export interface TagVersion {
  readonly major: string;
  readonly minor: string | undefined;
  readonly patch: string | undefined;
  readonly preRelease: string;
}

const NUMBER = '(0|[1-9]\\d{0,18})';
const IDENTIFIER = '(?:0|[1-9]\\d{0,18}|\\d*[a-zA-Z-][0-9a-zA-Z-]*)';
const TAG = new RegExp(
  `^v${NUMBER}(?:\\.${NUMBER}(?:\\.${NUMBER}(?:-(${IDENTIFIER}(?:\\.${IDENTIFIER})*))?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?)?)?$`,
);
const LONGEST = 256;

/** Reads a tag (golang.org/x/mod/semver: the v is needed, minor and patch are not, what comes after needs both); undefined where it is no version. */
export function readTagVersion(tag: string): TagVersion | undefined {
  const [, major, minor, patch, preRelease = ''] = tag.length > LONGEST ? [] : (TAG.exec(tag) ?? []);
  return major === undefined ? undefined : { major, minor, patch, preRelease };
}

/**
 * Whether a tag is one of a version (slsa-verifier, verifiers/utils/source_tag.go): what `wanted` says must be equal, what the tag leaves out is 0, and a
 * pre-release counts with the patch: `v1.2` is met by `v1.2.7` and `v1.2.7-rc.1`, `v1.2.7` is not met by the latter. What comes after + does not count.
 */
export function isVersionOf(tag: string, wanted: string): boolean {
  const [built, demand] = [readTagVersion(tag), readTagVersion(wanted)];
  if (built === undefined || demand === undefined || built.major !== demand.major) return false;
  if (demand.minor !== undefined && (built.minor ?? '0') !== demand.minor) return false;
  if (demand.patch === undefined) return true;
  return (built.patch ?? '0') === demand.patch && built.preRelease === demand.preRelease;
}
