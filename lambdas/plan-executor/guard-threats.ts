import type { DeployedTrust } from '../core/config/deployed-trust.ts';
import type { Reason } from '../core/errors.ts';
import { findProtection } from '../core/iam/drift/out-of-reach.ts';
import { parseIamArn } from '../core/iam/iam-arn.ts';
import { type Limit, limitsOf } from '../core/ledger/limits.ts';
import type { Plan } from '../core/ledger/plan.ts';
import type { Guard } from './connect-plan.ts';

/** The guards of plans that contain somebody: the configuration must still be the one that the plan was made from, and reach whom it is about. */
export function guardThreats(trust: DeployedTrust): Guard {
  const settings = trust.usable ? trust.config.guardDuty?.containment : undefined;
  return {
    async findObstacle(plan: Plan): Promise<Reason | undefined> {
      if (settings === undefined || !trust.usable) {
        return { code: 'no-configuration', message: 'The configuration says nothing of containment.' };
      }
      if (settings.credentials.mode === 'observe') {
        return { code: 'observe-only', message: 'The configuration only observes.' };
      }
      if (plan.policyHash !== trust.policyHash) {
        return {
          code: 'other-policy',
          message: 'The plan was made under a configuration that is not in force any more.',
        };
      }
      const principal = parseIamArn(plan.resource);
      if (principal === undefined) return { code: 'malformed-plan', message: 'The plan is about nobody in IAM.' };
      const principals = [...settings.protected, ...(trust.config.iam?.protected ?? [])];
      return findProtection({ ...principal, arn: plan.resource }, { principals, own: [] });
    },
    // What lasts for a time ends whatever the configuration has become: it was agreed to with the plan.
    findUndoObstacle: async () => undefined,
    limitsOf(plan: Plan): readonly Limit[] {
      const perHour = settings?.limits.perHour ?? 0;
      return limitsOf(plan, { perRule: perHour, perGroup: perHour });
    },
  };
}
