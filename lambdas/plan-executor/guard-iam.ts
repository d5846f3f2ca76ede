import { readStanding } from '../aws/baseline-standing.ts';
import type { DriftStore } from '../aws/drift-store.ts';
import type { Wiring } from '../aws/wiring.ts';
import type { DeployedTrust } from '../core/config/deployed-trust.ts';
import type { Reason } from '../core/errors.ts';
import { judgeBaseline } from '../core/iam/drift/decide.ts';
import { type Limit, limitsOf } from '../core/ledger/limits.ts';
import type { Plan } from '../core/ledger/plan.ts';
import type { Guard } from './connect-plan.ts';

/** The guards of plans that put IAM right: the configuration and the baseline must still be those that the plan was made from. */
export function guardIam(wiring: Wiring<'s3'>, trust: DeployedTrust, drift: DriftStore): Guard {
  const settings = trust.usable ? trust.config.iam : undefined;
  return {
    async findObstacle(plan: Plan): Promise<Reason | undefined> {
      if (settings === undefined)
        return { code: 'no-configuration', message: 'The configuration says nothing of IAM.' };
      if (settings.mode === 'observe') return { code: 'observe-only', message: 'The configuration only observes.' };
      if (plan.policyHash !== trust.policyHash) {
        return {
          code: 'other-policy',
          message: 'The plan was made under a configuration that is not in force any more.',
        };
      }
      return judgeBaseline(plan, await readStanding(plan.resource, { wiring, trust, drift }, wiring.clock()));
    },
    limitsOf(plan: Plan): readonly Limit[] {
      const perHour = settings?.limits.perHour ?? 0;
      return limitsOf(plan, { perRule: perHour, perGroup: perHour });
    },
  };
}
