import type { Work } from '../find-text.ts';
import { type Actor, anyOf, exactly } from './actor.ts';
import { betterPath, type FoundPath, joinGrants } from './found-path.ts';
import { grantOn, grantOnAny } from './grants.ts';
import type { PathRule } from './path-rule.ts';
import type { Population } from './population.ts';

type GroupRule = Extract<PathRule, { gain: 'group' }>;

/** The actor, a user, joins a group with administrator rights. */
export function findGroupPath(
  { id, actions }: GroupRule,
  actor: Actor,
  others: Population | undefined,
  work: Work,
): FoundPath | undefined {
  if (actor.identity.kind === 'role') return undefined;
  const join = (group: string | undefined) => {
    const ask = (action: string) =>
      group === undefined
        ? grantOnAny(actor, action, anyOf('group', actor), work)
        : grantOn(actor, action, exactly([group]), work);
    return joinGrants(actions.map((action) => ({ action, grant: ask(action) })));
  };
  const unknown = join(undefined);
  if (others === undefined) {
    return unknown && { id, ...unknown, assuming: 'a group with administrator rights', toAdministrator: false };
  }
  let best: FoundPath | undefined;
  for (const { arn, isAdministrator } of others.groups) {
    const joined = isAdministrator ? join(arn) : undefined;
    if (joined === undefined) continue;
    best = betterPath(best, { id, ...joined, target: arn, toAdministrator: joined.status === 'proven' });
  }
  if (best !== undefined || unknown === undefined) return best;
  const because = unknown.because ?? 'no group with administrator rights is within its reach';
  return { id, ...unknown, status: 'blocked-by', because, toAdministrator: false };
}
