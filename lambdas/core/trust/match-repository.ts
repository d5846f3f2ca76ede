import type { ImagePolicy, TrustPolicy } from './policy.ts';

/**
 * Tells whether an ECR repository name fits a pattern: `*` is any run of characters within one path segment, `**` any run of characters
 * across segments. Every other character stands for itself. Runs in time proportional to pattern length times name length: no regular expression is involved.
 */
export function matchRepository(pattern: string, repository: string): boolean {
  const tokens = pattern.match(/\*\*|\*|[^*]/g) ?? [];
  let reachable = new Set([0]);
  for (const token of tokens) {
    const next = new Set<number>();
    for (const at of reachable) {
      if (token === '*' || token === '**') {
        for (let end = at; end <= repository.length; end += 1) {
          next.add(end);
          if (token === '*' && repository[end] === '/') break;
        }
      } else if (repository[at] === token) {
        next.add(at + 1);
      }
    }
    reachable = next;
  }
  return reachable.has(repository.length);
}

/** The image policy that decides for a repository: the first in the document one of whose patterns fits. */
export function findImagePolicy(
  policy: TrustPolicy,
  repository: string,
): { readonly policy: ImagePolicy; readonly index: number } | undefined {
  const index = policy.images.findIndex(({ repositories }) =>
    repositories.some((pattern) => matchRepository(pattern, repository)),
  );
  const found = policy.images[index];
  return found === undefined ? undefined : { policy: found, index };
}

/** Whether the policy says that nothing in a repository counts: no image policy names it, and others are to be ignored. */
export function isIgnored(policy: TrustPolicy, repository: string): boolean {
  return policy.otherRepositories === 'ignore' && findImagePolicy(policy, repository) === undefined;
}
