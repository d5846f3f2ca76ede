import type { Reason } from '../errors.ts';
import type { Plan } from './plan.ts';

/** A bound on how many plans may be begun within a time. */
export interface Limit {
  /** What is counted together. */
  readonly scope: string;
  readonly most: number;
  /** Milliseconds. */
  readonly within: number;
  /** The bound in words. */
  readonly words: string;
  /** Of the reason where there is no room; `limit-reached` where it says nothing. */
  readonly code?: 'contested';
}

/** One plan that counts toward a limit. */
export interface Use {
  readonly plan: string;
  /** Unix milliseconds. */
  readonly at: number;
}

const HOUR = 3_600_000;
/** Whoever puts back what was changed, and has it changed again, is in a quarrel with somebody: a person has to look. */
const MOST_PER_RESOURCE = 2;

/** The limits of the blast radius of a plan, and the breaker against doing and undoing the same thing over and over. */
export function limitsOf(plan: Plan, most: { readonly perRule: number; readonly perGroup: number }): readonly Limit[] {
  return [
    {
      scope: `rule ${plan.rule}`,
      most: most.perRule,
      within: HOUR,
      words: `${most.perRule} changes an hour by ${plan.rule}`,
    },
    {
      scope: `group ${plan.group}`,
      most: most.perGroup,
      within: HOUR,
      words: `${most.perGroup} changes an hour in ${plan.group}`,
    },
    {
      scope: `resource ${plan.resource}`,
      most: MOST_PER_RESOURCE,
      within: 24 * HOUR,
      words: `${MOST_PER_RESOURCE} different changes a day of one resource`,
      code: 'contested',
    },
  ];
}

/** The uses of a limit with this one, or why there is no room. A plan counts once, however often it asks. Uses that are over are forgotten. */
export function takeRoom(
  uses: readonly Use[],
  use: Use,
  limit: Limit,
): { readonly ok: true; readonly uses: readonly Use[] } | { readonly ok: false; readonly reason: Reason } {
  const counted = uses.filter(({ at }) => at > use.at - limit.within);
  if (counted.some(({ plan }) => plan === use.plan)) return { ok: true, uses: counted };
  if (counted.length < limit.most) return { ok: true, uses: [...counted, use] };
  return {
    ok: false,
    reason: { code: limit.code ?? 'limit-reached', message: `The limit of ${limit.words} is reached.` },
  };
}
