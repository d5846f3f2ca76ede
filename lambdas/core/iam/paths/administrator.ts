import type { HeldPolicy, Rights } from './rights.ts';

/** Whether the rights are all there are: a statement allows everything without condition, and neither a denial nor a boundary takes anything away. */
export function isAdministrator({ policies, boundary }: Rights): boolean {
  return policies.some(allowsAll) && isUnlimited({ policies, boundary });
}

/** Whether whatever is added to the rights counts: no denial, and no boundary that leaves anything out. */
export function isUnlimited({ policies, boundary }: Rights): boolean {
  if (policies.some(({ denies }) => denies)) return false;
  return boundary === undefined || (allowsAll(boundary) && !boundary.denies);
}

function allowsAll(policy: HeldPolicy): boolean {
  return policy.clauses.some(
    ({ rule }) =>
      rule.statement.effect === 'Allow' &&
      rule.conditions.length === 0 &&
      rule.actions.mode === 'in' &&
      (rule.actions.texts.has('*:*') || rule.actions.texts.has('*')) &&
      rule.resources?.mode === 'in' &&
      rule.resources.texts.has('*'),
  );
}
