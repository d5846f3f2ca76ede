import type { Evidence } from '../../lambdas/core/trust/evidence.ts';
import { isLeaf, partsOf, type Requirement } from '../../lambdas/core/trust/requirement.ts';

/** What a line of the policy came to; `open` where that cannot be told from its parts. */
export type Standing = Evidence['outcome'] | 'open';

/** One line of the policy, with what was tried for it and the lines below it. */
export interface EvidenceNode {
  /** Where in the policy: `images[0].require.any[1]`. */
  readonly line: string;
  /** What is wanted there, in words. */
  readonly title: string;
  readonly standing: Standing;
  /** What was tried, the best first: each candidate, or that there is none. */
  readonly tried: readonly Evidence[];
  readonly parts: readonly EvidenceNode[];
}

const KINDS = ['all', 'any', 'of'] as const;
const STEP = /\.(all|any|of)\[(\d{1,4})\]/g;
const RANK: Readonly<Record<Standing, number>> = { satisfied: 0, error: 1, failed: 2, missing: 3, open: 4 };
/** Bound on lines that a saved verdict may make: a policy has some dozens. */
const DEEPEST = 16;

/**
 * Puts evidence in the shape of the policy that it is about. How many parts `atLeast` wants is in no evidence, so `requirement` tells where it is at hand: the one
 * at `images[N].require`.
 */
export function growEvidenceTree(evidence: readonly Evidence[], requirement?: Requirement): readonly EvidenceNode[] {
  const roots = new Map<string, Draft>();
  for (const one of evidence) {
    const { root, steps } = splitLine(one.policyLine);
    let draft = roots.get(root) ?? begin(root);
    roots.set(root, draft);
    for (const { kind, line } of steps) {
      draft.kind ??= kind;
      const part = draft.parts.get(line) ?? begin(line);
      draft.parts.set(line, part);
      draft = part;
    }
    draft.tried.push(one);
  }
  return [...roots.values()].map((draft) => finish(draft, draft.line.endsWith('.require') ? requirement : undefined));
}

interface Draft {
  readonly line: string;
  kind: (typeof KINDS)[number] | undefined;
  readonly tried: Evidence[];
  readonly parts: Map<string, Draft>;
}

function begin(line: string): Draft {
  return { line, kind: undefined, tried: [], parts: new Map() };
}

function splitLine(policyLine: string) {
  const found = [...policyLine.matchAll(STEP)].slice(0, DEEPEST);
  const [first] = found;
  const root = first === undefined ? policyLine : policyLine.slice(0, first.index);
  const steps = found.map(({ 0: text, 1: kind, index }) => ({
    kind: KINDS.find((one) => one === kind) ?? 'of',
    line: policyLine.slice(0, index + text.length),
  }));
  return { root, steps };
}

function finish({ line, kind, tried, parts }: Draft, requirement: Requirement | undefined): EvidenceNode {
  const best = [...tried].sort((a, b) => RANK[a.outcome] - RANK[b.outcome]);
  if (kind === undefined) {
    const [first] = best;
    return { line, title: first?.requirement ?? line, standing: first?.outcome ?? 'open', tried: best, parts: [] };
  }
  const known = requirement === undefined || isLeaf(requirement) ? undefined : partsOf(requirement);
  const nodes = [...parts.values()].map((part) => {
    const [, index] = /\[(\d+)\]$/.exec(part.line) ?? [];
    return finish(part, known?.parts[Number(index)]);
  });
  const wanted = kind === 'all' ? nodes.length : kind === 'any' ? 1 : known?.wanted;
  return {
    line,
    title: describeGroup(kind, nodes, wanted),
    standing: judge(nodes, wanted, best),
    tried: best,
    parts: nodes,
  };
}

function describeGroup(
  kind: (typeof KINDS)[number],
  nodes: readonly EvidenceNode[],
  wanted: number | undefined,
): string {
  if (kind === 'all') return `all of ${nodes.length}`;
  if (kind === 'any') return `any of ${nodes.length}`;
  return wanted === undefined
    ? `several different ones of ${nodes.length}`
    : `at least ${wanted} different ones of ${nodes.length}`;
}

/** As the policy is evaluated (core/trust/combine-branches.ts). A line of its own says that one signer was counted once. */
function judge(nodes: readonly EvidenceNode[], wanted: number | undefined, own: readonly Evidence[]): Standing {
  const count = (standing: Standing) => nodes.filter((node) => node.standing === standing).length;
  if (own.length > 0) return own[0]?.outcome ?? 'open';
  if (wanted === undefined) return count('satisfied') === nodes.length ? 'satisfied' : 'open';
  if (count('satisfied') >= wanted) return 'satisfied';
  if (count('open') > 0) return 'open';
  if (count('satisfied') + count('error') >= wanted) return 'error';
  if (count('failed') > 0) return 'failed';
  return count('error') > 0 ? 'error' : 'missing';
}
