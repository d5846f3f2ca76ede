import type { Reason } from '../../errors.ts';
import { createPlan, type Plan, type PlanMode } from '../../ledger/plan.ts';
import { type PrincipalState, planContainment } from './plan-steps.ts';
import { nameTarget, type Target } from './target.ts';

/** The rule of plans that contain credentials. */
export const CONTAIN_RULE = 'threats/contain-credential';

export interface ContainmentQuestion {
  readonly target: Target;
  /** As a fresh read shows it; undefined where nobody has the name. */
  readonly principal: PrincipalState | undefined;
  /** Why it is beyond change, where it is. */
  readonly protection: Reason | undefined;
  readonly mode: PlanMode;
  /** Seconds. */
  readonly expiresAfter: number;
  readonly policyHash: string;
  readonly episode: number;
  /** When the episode began, Unix milliseconds. */
  readonly since: number;
  /** Why containment is wanted. */
  readonly reason: Reason;
}

/** Plans the containment of a target, or says why there is nothing to plan. */
export function decideContainment(question: ContainmentQuestion): Plan | Reason {
  const { target, principal, protection, mode, expiresAfter, policyHash, episode, since, reason } = question;
  if (principal === undefined) return { code: 'gone', message: 'It is not there any more.' };
  if (principal.uniqueId !== target.uniqueId) {
    return { code: 'another-one', message: 'Another principal has its name now: that one is left alone.' };
  }
  if (protection !== undefined) return protection;
  const steps = planContainment(target, principal, since);
  if (steps.length === 0) return { code: 'contained', message: 'All that contains it is there already.' };
  const name = nameTarget(target);
  return createPlan({
    version: 1,
    rule: CONTAIN_RULE,
    resource: principal.arn,
    group: `threats/${target.account}`,
    findingId: findingIdOf(name),
    reason: { code: reason.code, message: reason.message.slice(0, 1024) },
    policyHash,
    before: { target: name, uniqueId: principal.uniqueId, episode: String(episode) },
    steps: [...steps],
    mode,
    expiresAfter,
  });
}

/** Id of the finding that shows the containment of a target. */
export function findingIdOf(target: string): string {
  return `countersign/containment/${target}`.slice(0, 512);
}
