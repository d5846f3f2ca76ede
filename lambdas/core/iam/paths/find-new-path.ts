import type { Work } from '../find-text.ts';
import { type Actor, exactly, newOf } from './actor.ts';
import { betterPath, type FoundPath, joinGrants } from './found-path.ts';
import { grantOn, grantOnAny } from './grants.ts';
import type { PathRule } from './path-rule.ts';

type NewRule = Extract<PathRule, { gain: 'new' }>;

/** The actor makes a principal with every right. It chooses the name, so all actions have to be granted on one name: those that the statements lead to are tried. */
export function findNewPath(rule: NewRule, actor: Actor, work: Work): FoundPath | undefined {
  const kind = rule.actions.includes('iam:createrole') ? 'role' : 'user';
  const widely = newOf(kind);
  const grants = rule.actions.map((action) => ({ action, grant: grantOnAny(actor, action, widely, work) }));
  const joined = joinGrants(grants);
  if (joined === undefined) return undefined;
  const finish = (part: typeof joined): FoundPath => ({
    id: rule.id,
    ...part,
    toAdministrator: part.status === 'proven',
  });
  if (joined.status === 'blocked-by') return finish(joined);
  const names = grants.flatMap(({ grant }) =>
    'example' in grant && grant.example !== undefined ? [grant.example] : [],
  );
  let best: FoundPath | undefined;
  for (const name of new Set(names)) {
    const same = joinGrants(
      rule.actions.map((action) => ({ action, grant: grantOn(actor, action, exactly([name]), work) })),
    );
    if (same !== undefined) best = betterPath(best, finish(same));
  }
  // On no one name: perhaps on one that was not tried.
  return best ?? finish({ ...joined, status: 'possible', because: 'no name was found on which all of it is allowed' });
}
