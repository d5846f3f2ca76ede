import type { Evidence } from './evidence.ts';

/** What a part of a requirement came to. */
export interface Branch {
  readonly outcome: Evidence['outcome'];
  readonly evidence: readonly Evidence[];
  /** Where satisfied: the acts that satisfied it, each who did what. */
  readonly acts: ReadonlySet<string>;
}

/**
 * A branch of which `wanted` parts must be satisfied. What could not be read counts as open, and an open branch is never `satisfied`. With `different`, each
 * part that counts needs an act of its own: one person who signs twice, or one key under two names, is not two.
 */
export function combineBranches(
  branches: readonly Branch[],
  wanted: number,
  line: { readonly policyLine: string; readonly different: boolean },
): Branch {
  const count = (outcome: Branch['outcome']) => branches.filter((branch) => branch.outcome === outcome).length;
  const satisfied = branches.filter(({ outcome }) => outcome === 'satisfied');
  const counted = line.different ? countDifferent(satisfied) : satisfied.length;
  const evidence = branches.flatMap((branch) => branch.evidence);
  const acts = new Set(satisfied.flatMap((branch) => [...branch.acts]));
  if (counted >= wanted) return { outcome: 'satisfied', evidence, acts };
  const refused = { evidence, acts: new Set<string>() };
  if (counted + count('error') >= wanted) return { ...refused, outcome: 'error' };
  if (count('failed') > 0) return { ...refused, outcome: 'failed' };
  if (count('error') > 0) return { ...refused, outcome: 'error' };
  if (satisfied.length < wanted) return { ...refused, outcome: 'missing' };
  const reason = { code: 'same-signer', message: `${wanted} different signers are demanded, ${counted} signed.` };
  const same: Evidence = {
    policyLine: line.policyLine,
    requirement: `${wanted} different signers`,
    outcome: 'missing',
    checks: [],
    reason,
  };
  return { ...refused, outcome: 'missing', evidence: [...evidence, same] };
}

/** The most branches that can each have an act of their own: a maximum matching, by augmenting paths (Kuhn). At most 32 branches. */
function countDifferent(branches: readonly Branch[]): number {
  const holders = new Map<string, Branch>();
  const assign = (branch: Branch, tried: Set<string>): boolean => {
    for (const act of branch.acts) {
      if (tried.has(act)) continue;
      tried.add(act);
      const holder = holders.get(act);
      if (holder === undefined || assign(holder, tried)) {
        holders.set(act, branch);
        return true;
      }
    }
    return false;
  };
  return branches.filter((branch) => assign(branch, new Set())).length;
}
