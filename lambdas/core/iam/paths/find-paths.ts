import type { Work } from '../find-text.ts';
import type { Actor } from './actor.ts';
import { isAdministrator } from './administrator.ts';
import { findGroupPath } from './find-group-path.ts';
import { findNewPath } from './find-new-path.ts';
import { findOwnPath } from './find-own-path.ts';
import { findPrincipalPath } from './find-principal-path.ts';
import { findServicePath } from './find-service-path.ts';
import type { FoundPath } from './found-path.ts';
import type { PathRule } from './path-rule.ts';
import { PATH_RULES } from './path-rules.ts';
import type { Population } from './population.ts';
import type { ActionCatalogue } from './rights.ts';

/** Steps of search for one actor; what cannot be told within them is possible. */
const STEPS = 400_000;

/**
 * All ways of one actor to more rights, in the order of the rules. `others` are those of its account; without them it is taken that there is somebody to become,
 * and each path says so.
 */
export function findPaths(actor: Actor, others?: Population): readonly FoundPath[] {
  const allowed = actor.rights.policies.map((policy) => policy.allowedOf(ACTIONS));
  const named = others !== undefined && others.trusting(actor.identity.arn).length > 0;
  const work: Work = { left: STEPS };
  return NEEDS.flatMap(({ rule, actions }) => {
    // A role that names the actor in its trust policy asks for no action.
    const needed = named && rule.gain === 'principal' && rule.trusted === true ? rule.actions : actions;
    if (!needed.every((action) => allowed.some((one) => one.has(action)))) return [];
    return findPath(rule, actor, others, work) ?? [];
  });
}

const NEEDS = PATH_RULES.map((rule) => ({ rule, actions: listNeeds(rule) }));
const ACTIONS: ActionCatalogue = Map.groupBy(new Set(NEEDS.flatMap(({ actions }) => actions)), (action) =>
  action.slice(0, action.indexOf(':')),
);

function listNeeds(rule: PathRule): readonly string[] {
  if (rule.gain === 'service-role' && rule.passes) return ['iam:passrole', ...rule.actions];
  return rule.gain === 'principal' && rule.trusted === true ? ['sts:assumerole', ...rule.actions] : rule.actions;
}

/** Whether the actor has all rights, or a proven way to them that takes nothing for granted. */
export function isEffectiveAdministrator(actor: Actor, paths: readonly FoundPath[]): boolean {
  return isAdministrator(actor.rights) || paths.some(({ toAdministrator }) => toAdministrator);
}

function findPath(rule: PathRule, actor: Actor, others: Population | undefined, work: Work): FoundPath | undefined {
  switch (rule.gain) {
    case 'own':
      return findOwnPath(rule, actor, work);
    case 'new':
      return findNewPath(rule, actor, work);
    case 'group':
      return findGroupPath(rule, actor, others, work);
    case 'principal':
      return findPrincipalPath(rule, actor, others, work);
    case 'service-role':
      return findServicePath(rule, actor, others, work);
  }
}
