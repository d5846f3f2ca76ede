import type { AccountIam } from '../account.ts';
import { populate, type Unread } from './account-actors.ts';
import { isAdministrator } from './administrator.ts';
import { findPaths } from './find-paths.ts';
import type { FoundPath } from './found-path.ts';
import type { Member, Population } from './population.ts';

/** What one principal of an account comes to. */
export interface PrincipalPaths {
  readonly arn: string;
  /** `direct`: it has all rights. `by-path`: a proven path leads there. */
  readonly administrator: 'direct' | 'by-path' | 'no';
  readonly paths: readonly FoundPath[];
}

export interface AccountPaths {
  readonly principals: readonly PrincipalPaths[];
  readonly unread: readonly Unread[];
}

/** Hops that are followed; an account whose chains are longer has other worries. */
const MOST_ROUNDS = 32;

/** The ways to administrator rights of everybody in an account, over any number of principals in between. Administrators have none: they are there. */
export function findAccountPaths(account: AccountIam): AccountPaths {
  const { population, unread } = populate(account);
  const found = findLeads(population);
  const principals = population.members.map((member): PrincipalPaths => {
    if (isAdministrator(member.actor.rights)) return { arn: member.arn, administrator: 'direct', paths: [] };
    const paths = found.get(member.arn) ?? [];
    return {
      arn: member.arn,
      administrator: paths.some(({ toAdministrator }) => toAdministrator) ? 'by-path' : 'no',
      paths,
    };
  });
  return { principals, unread };
}

/** Looks again as long as somebody new leads to administrator rights: whoever reaches them leads there too. */
export function findLeads(population: Population): ReadonlyMap<string, readonly FoundPath[]> {
  const found = new Map<string, readonly FoundPath[]>();
  let open: readonly Member[] = population.members.filter((member) => !population.leads(member));
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    let isNew = false;
    for (const member of open) {
      const paths = findPaths(member.actor, population);
      found.set(member.arn, paths);
      if (population.leads(member) || !paths.some(({ toAdministrator }) => toAdministrator)) continue;
      population.markLeading(member);
      isNew = true;
    }
    if (!isNew) break;
    // Only who may do something at all, or is named by a role, finds more when others lead.
    open = open.filter(({ arn }) => (found.get(arn)?.length ?? 0) > 0 || population.trusting(arn).length > 0);
  }
  return found;
}
