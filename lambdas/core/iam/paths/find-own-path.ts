import type { Work } from '../find-text.ts';
import { parsePolicy } from '../parse-policy.ts';
import { type Actor, exactly, findOwn } from './actor.ts';
import { isUnlimited } from './administrator.ts';
import { findNewPath } from './find-new-path.ts';
import type { FoundPath } from './found-path.ts';
import { joinGrants } from './found-path.ts';
import { grantOn } from './grants.ts';
import { IDENTITY_PATHS } from './identity-paths.ts';
import type { PathRule } from './path-rule.ts';
import { HeldPolicy, type Rights } from './rights.ts';

type OwnRule = Extract<PathRule, { gain: 'own' }>;

/** The actor gives itself every right. Its denials and its boundary stay, so it is an administrator only where there are none, or where a way around them opens. */
export function findOwnPath(rule: OwnRule, actor: Actor, work: Work): FoundPath | undefined {
  const own = findOwn(actor, rule.on);
  const joined = joinGrants(rule.actions.map((action) => ({ action, grant: grantOn(actor, action, own, work) })));
  if (joined === undefined) return undefined;
  // An older version gives more only where there is one that does.
  const base = rule.id === 'set-default-version' ? { ...joined, status: atMostPossible(joined.status) } : joined;
  const assuming = rule.id === 'set-default-version' ? 'another version of the policy gives more' : undefined;
  if (base.status === 'blocked-by') return { id: rule.id, ...base, toAdministrator: false };
  const limit = isUnlimited(actor.rights) || escapes(actor, work) ? undefined : describeLimit(actor.rights);
  return {
    id: rule.id,
    ...base,
    status: limit === undefined ? base.status : 'possible',
    ...(assuming !== undefined && { assuming }),
    ...(limit !== undefined && { because: limit }),
    toAdministrator: base.status === 'proven' && limit === undefined,
  };
}

function atMostPossible(status: FoundPath['status']): FoundPath['status'] {
  return status === 'proven' ? 'possible' : status;
}

function describeLimit({ boundary }: Rights): string {
  return boundary === undefined ? 'its denials stay' : 'its permissions boundary stays';
}

const EVERYTHING = new HeldPolicy(
  'what it gives itself',
  parsePolicy({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }),
);

/** Whether with every right that boundary and denials leave, it takes its boundary off or makes a principal that has neither. */
function escapes(actor: Actor, work: Work): boolean {
  const { rights, identity } = actor;
  const raised = { ...actor, rights: { ...rights, policies: [...rights.policies, EVERYTHING] } };
  const isNewProven = IDENTITY_PATHS.some(
    (rule) => rule.gain === 'new' && findNewPath(rule, raised, work)?.status === 'proven',
  );
  if (isNewProven) return true;
  if (rights.boundary === undefined || rights.policies.some(({ denies }) => denies) || identity.arn === undefined)
    return false;
  const action = `iam:delete${identity.kind ?? 'user'}permissionsboundary`;
  return grantOn(raised, action, exactly([identity.arn]), work).status === 'proven';
}
