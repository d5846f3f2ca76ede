import type { Wiring } from '../aws/wiring.ts';
import type { DeployedTrust } from '../core/config/deployed-trust.ts';
import type { Reason } from '../core/errors.ts';
import { findObstacle } from '../core/images/quarantine-guards.ts';
import { type Limit, limitsOf } from '../core/ledger/limits.ts';
import type { Plan } from '../core/ledger/plan.ts';
import type { Guard } from './connect-plan.ts';
import { factReader } from './read-facts.ts';

/** The guards of plans about images. */
export function guardQuarantine(
  wiring: Wiring<'ecr' | 'dynamodb' | 'ssm' | 'ecs' | 'lambda'>,
  trust: DeployedTrust,
): Guard {
  const facts = factReader(wiring, trust);
  return {
    async findObstacle(plan: Plan): Promise<Reason | undefined> {
      const { quarantine, policyHash } = trust;
      if (quarantine === undefined) return { code: 'no-quarantine', message: 'The configuration has no quarantine.' };
      return findObstacle(plan, await facts.read(plan), { ...quarantine, policyHash }, wiring.clock());
    },
    limitsOf(plan: Plan): readonly Limit[] {
      const { perPolicyAndHour = 0, perRepositoryAndHour = 0 } = trust.quarantine?.limits ?? {};
      return limitsOf(plan, { perRule: perPolicyAndHour, perGroup: perRepositoryAndHour });
    },
  };
}
