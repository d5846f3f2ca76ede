import type { CurrentTrust } from '../aws/keep-trust.ts';
import { keepNotationPorts } from '../aws/notation-ports.ts';
import type { Wiring } from '../aws/wiring.ts';
import type { DeployedTrust } from '../core/config/deployed-trust.ts';
import type { Reason } from '../core/errors.ts';
import { findObstacle, findUndoObstacle } from '../core/images/quarantine-guards.ts';
import { type Limit, limitsOf } from '../core/ledger/limits.ts';
import type { Plan } from '../core/ledger/plan.ts';
import type { Guard } from './connect-plan.ts';
import { factReader } from './read-facts.ts';

const NO_QUARANTINE: Reason = { code: 'no-quarantine', message: 'The configuration has no quarantine.' };

/** The guards of plans about images. They go by the trusted roots in use and ask about revocation, as whoever proposed the plan did. */
export function guardQuarantine(
  wiring: Wiring<'ecr' | 'dynamodb' | 'ssm' | 'ecs' | 'lambda'>,
  deployed: DeployedTrust,
  currentTrust: () => Promise<CurrentTrust>,
): Guard {
  const notationPorts = keepNotationPorts(wiring);
  const read = (plan: Plan, trust: DeployedTrust) => factReader(wiring, trust, notationPorts).read(plan);
  return {
    async findObstacle(plan: Plan): Promise<Reason | undefined> {
      if (deployed.quarantine === undefined) return NO_QUARANTINE;
      const { trust } = await currentTrust();
      const { quarantine, policyHash } = trust;
      if (quarantine === undefined) return NO_QUARANTINE;
      const facts = await read(plan, trust);
      return findObstacle(plan, facts, { ...quarantine, policyHash }, wiring.clock());
    },
    async findUndoObstacle(plan: Plan): Promise<Reason | undefined> {
      if (deployed.quarantine === undefined) return NO_QUARANTINE;
      const { trust } = await currentTrust();
      return findUndoObstacle(await read(plan, trust));
    },
    limitsOf(plan: Plan): readonly Limit[] {
      const { perPolicyAndHour = 0, perRepositoryAndHour = 0 } = deployed.quarantine?.limits ?? {};
      return limitsOf(plan, { perRule: perPolicyAndHour, perGroup: perRepositoryAndHour });
    },
  };
}
