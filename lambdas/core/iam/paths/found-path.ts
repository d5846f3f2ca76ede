import type { Blocker, Grant } from './find-grant.ts';
import type { Clause } from './rights.ts';

/**
 * One way to more rights. `proven`: whatever the context of the request. `possible`: it depends on a condition, or on something that is not known.
 * `blocked-by`: a statement allows what it takes, and something else takes it away.
 */
export interface FoundPath {
  readonly id: string;
  readonly status: 'proven' | 'possible' | 'blocked-by';
  /** The statements that give it, one for each action and kind of thing. */
  readonly statements: readonly PathStatement[];
  /** ARN of the principal that is reached, where it is known. */
  readonly target?: string;
  /** What is taken for granted, in words. */
  readonly assuming?: string;
  /** Why it is blocked, or what limits what is gained, in words. */
  readonly because?: string;
  /** Whether it ends in administrator rights without anything being taken for granted. */
  readonly toAdministrator: boolean;
}

export interface PathStatement {
  readonly action: string;
  /** Name of the policy. */
  readonly policy: string;
  /** Counted from 1. */
  readonly statement: number;
}

export interface NamedGrant {
  readonly action: string;
  readonly grant: Grant;
}

/** What several grants that are all needed come to together; undefined where one of them is missing. */
export function joinGrants(
  grants: readonly NamedGrant[],
): Pick<FoundPath, 'status' | 'statements' | 'because'> | undefined {
  if (grants.some(({ grant }) => grant.status === 'none')) return undefined;
  const named = grants.flatMap(({ action, grant }) =>
    grant.status === 'none' ? [] : grant.by.slice(0, 1).map((clause) => nameStatement(action, clause)),
  );
  const statements = [...new Map(named.map((one) => [JSON.stringify(one), one])).values()];
  for (const { action, grant } of grants) {
    if (grant.status === 'blocked')
      return { status: 'blocked-by', statements, because: describeBlocker(action, grant.blockedBy) };
  }
  const status = grants.some(({ grant }) => grant.status === 'possible') ? 'possible' : 'proven';
  return { status, statements };
}

function nameStatement(action: string, { policy, statement }: Clause): PathStatement {
  return { action, policy, statement };
}

function describeBlocker(action: string, blocker: Blocker): string {
  switch (blocker.kind) {
    case 'boundary':
      return `the permissions boundary does not allow ${action}`;
    case 'denial':
      return `statement ${blocker.clause.statement} of ${blocker.clause.policy} denies ${action}`;
    case 'condition':
      return `the condition of statement ${blocker.clause.statement} of ${blocker.clause.policy} is never met for ${action}`;
  }
}

const RANKS = { proven: 2, possible: 1, 'blocked-by': 0 } as const;

/** The one that leads further. */
export function betterPath(one: FoundPath | undefined, other: FoundPath | undefined): FoundPath | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const difference =
    RANKS[one.status] - RANKS[other.status] || Number(one.toAdministrator) - Number(other.toAdministrator);
  return difference >= 0 ? one : other;
}
