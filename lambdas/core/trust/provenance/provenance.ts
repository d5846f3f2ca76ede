/**
 * What a provenance predicate says about a build, in the words of SLSA v1, whatever version and builder wrote it. Every field is hostile text until the signature
 * and the signer are checked, and a statement of the builder after that.
 */
export interface Provenance {
  /** `runDetails.builder.id`. */
  readonly builderId: string;
  readonly buildType: string;
  /** The repository that was built, without a ref: `https://github.com/acme/app`. Absent where the predicate names none, or names several. */
  readonly source?: string;
  /** The ref that was built: `refs/heads/main`, `refs/tags/v1.2.3`. */
  readonly ref?: string;
  /** Where a tag was built: the branch it was made on, `refs/heads/main`, as far as GitHub's event tells. */
  readonly baseRef?: string;
  /** What started the build, in the CI system's own word: `push`, `workflow_dispatch`. */
  readonly trigger?: string;
  /** The inputs that a person or another system gave to the build. */
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** Predicate types that are SLSA provenance. */
export const PROVENANCE_TYPES = ['https://slsa.dev/provenance/v0.2', 'https://slsa.dev/provenance/v1'] as const;

/** A URI of a repository and the ref in it, as SPDX download locations and GitHub write them: `git+https://github.com/acme/app@refs/heads/main`. */
export function splitSource(uri: string): { readonly source: string; readonly ref?: string } | undefined {
  const match = /^(?:git\+)?(https:\/\/[^\s@?#]+?)(?:\.git)?(?:@([^\s@]+))?$/.exec(uri);
  const [, source, ref] = match ?? [];
  if (source === undefined) return undefined;
  return ref === undefined ? { source: trimSlash(source) } : { source: trimSlash(source), ref };
}

/** A repository as people write it (`github.com/acme/app`, `git+https://github.com/acme/app.git`) in the form of `Provenance.source`. */
export function normalizeSource(text: string): string | undefined {
  const withScheme = /^(?:git\+)?[a-z]+:\/\//.test(text) ? text : `https://${text}`;
  return splitSource(withScheme)?.source;
}

function trimSlash(text: string): string {
  return text.replace(/\/+$/, '').replace(/\.git$/, '');
}
