import type { DeployedTrust } from '../core/config/deployed-trust.ts';
import { judgeRemedy } from '../core/controls/judge-remedy.ts';
import type { Reason } from '../core/errors.ts';
import { type Limit, limitsOf } from '../core/ledger/limits.ts';
import type { Plan } from '../core/ledger/plan.ts';
import type { Guard } from './connect-plan.ts';

/** The guards of plans of playbooks: the configuration must still be the one that the plan was made from. The state is looked at before each call anyway. */
export function guardControls(trust: DeployedTrust): Guard {
  const settings = trust.usable ? trust.config.config : undefined;
  return {
    async findObstacle(plan: Plan): Promise<Reason | undefined> {
      return judgeRemedy(plan, settings, trust.policyHash);
    },
    async findUndoObstacle(): Promise<Reason | undefined> {
      return { code: 'operators-only', message: 'What a playbook put right only an operator takes back.' };
    },
    limitsOf(plan: Plan): readonly Limit[] {
      const perHour = settings?.limits?.perHour ?? 0;
      // A quarrel is about one setting: several playbooks may have something to do on one account.
      return limitsOf(plan, { perRule: perHour, perGroup: perHour }).map((limit) =>
        limit.code === 'contested' ? { ...limit, scope: `${limit.scope} by ${plan.rule}` } : limit,
      );
    },
  };
}
