import type { Work } from '../find-text.ts';
import { type Actor, anyOf, exactly } from './actor.ts';
import { betterPath, type FoundPath, joinGrants, type NamedGrant } from './found-path.ts';
import { anythingFor, grantOnAny, grantPassing } from './grants.ts';
import { MOST_CANDIDATES } from './narrow-candidates.ts';
import type { PathRule } from './path-rule.ts';
import type { Member, Population } from './population.ts';
import { knowService, triageConditions } from './triage-condition.ts';

type ServiceRule = Extract<PathRule, { gain: 'service-role' }>;

/** The actor has a service act with a role: one that it passes, or one that something which the service already runs has. */
export function findServicePath(
  rule: ServiceRule,
  actor: Actor,
  others: Population | undefined,
  work: Work,
): FoundPath | undefined {
  const own = rule.actions.flatMap((action) =>
    anythingFor(action, rule.passes, actor).map((targets) => ({
      action,
      grant: grantOnAny(actor, action, targets, work),
    })),
  );
  if (joinGrants(own) === undefined) return undefined;
  let best: FoundPath | undefined;
  for (const service of rule.services) {
    best = betterPath(best, others === undefined ? judgeUnknown(service) : judgeKnown(service, others));
  }
  return best;

  function finish(grants: readonly NamedGrant[], rest: Pick<FoundPath, 'target' | 'assuming'>): FoundPath | undefined {
    const joined = joinGrants(grants);
    if (joined === undefined) return undefined;
    return {
      id: rule.id,
      ...joined,
      ...rest,
      toAdministrator: joined.status === 'proven' && rest.assuming === undefined,
    };
  }

  function pass(service: string, role: Member | undefined): readonly NamedGrant[] {
    if (!rule.passes) return own;
    const target = role === undefined ? anyOf('role', actor) : exactly([role.arn]);
    return [{ action: 'iam:passrole', grant: grantPassing(actor, target, service, work) }, ...own];
  }

  function judgeUnknown(service: string): FoundPath | undefined {
    const runs = rule.passes ? '' : ' that something there runs with';
    return finish(pass(service, undefined), { assuming: `a role for ${service} with administrator rights${runs}` });
  }

  function judgeKnown(service: string, population: Population): FoundPath | undefined {
    let found: FoundPath | undefined;
    const roles = population
      .trusting(service)
      .filter((role) => population.leads(role))
      .slice(0, MOST_CANDIDATES);
    for (const role of roles) {
      if (found?.status === 'proven') break;
      const assuming = rule.passes ? undefined : `something of ${service} runs with it`;
      const path = finish(pass(service, role), { target: role.arn, ...(assuming !== undefined && { assuming }) });
      if (path === undefined) continue;
      const isSure = assuming === undefined && trustsForSure(role, service);
      found = betterPath(
        found,
        isSure || path.status !== 'proven' ? path : { ...path, status: 'possible', toAdministrator: false },
      );
    }
    if (found !== undefined) return found;
    const path = judgeUnknown(service);
    if (path === undefined) return undefined;
    const because = path.because ?? `no role for ${service} that leads to administrator rights is within its reach`;
    const { assuming: _assuming, ...blocked } = path;
    return { ...blocked, status: 'blocked-by', because, toAdministrator: false };
  }

  /** Conditions that tie the role to its account, and no other. */
  function trustsForSure(role: Member, service: string): boolean {
    const lines = role.trust?.services.filter(({ name }) => name === service) ?? [];
    const account = /^arn:[^:]*:iam::(\d{12}):/.exec(role.arn)?.[1] ?? '';
    const known = knowService(account);
    return lines.some(({ conditions, unsure }) => !unsure && triageConditions(conditions, known, work) === 'always');
  }
}
