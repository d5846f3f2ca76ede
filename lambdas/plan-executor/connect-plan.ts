import type { LedgerStore } from '../aws/ledger-store.ts';
import { lookAtEcr, performOnEcr } from '../aws/plan-calls/ecr.ts';
import { lookAtIam, performOnIam } from '../aws/plan-calls/iam.ts';
import type { Wiring } from '../aws/wiring.ts';
import type { DeployedTrust } from '../core/config/deployed-trust.ts';
import type { Reason } from '../core/errors.ts';
import { findObstacle, judgeSwitch } from '../core/images/quarantine-guards.ts';
import { isIamCall } from '../core/ledger/call.ts';
import type { ExecutorPorts } from '../core/ledger/execute.ts';
import { limitsOf } from '../core/ledger/limits.ts';
import type { Plan } from '../core/ledger/plan.ts';
import { factReader } from './read-facts.ts';

type ExecutorWiring = Wiring<'ecr' | 'sqs' | 'dynamodb' | 'ssm' | 'ecs' | 'lambda' | 'iam'>;

/** What `executePlan` needs of the world, for one run under its own name. */
export function connectPlan(
  wiring: ExecutorWiring,
  ledger: LedgerStore,
  trust: DeployedTrust,
): (run: string) => ExecutorPorts {
  const { clients, clock } = wiring;
  const facts = factReader(wiring, trust);

  async function findPlanObstacle(plan: Plan): Promise<Reason | undefined> {
    const { quarantine, policyHash } = trust;
    if (quarantine === undefined) return { code: 'no-quarantine', message: 'The configuration has no quarantine.' };
    const bounds = { ...quarantine, policyHash };
    const obstacle = findObstacle(plan, await facts.read(plan), bounds, clock());
    return obstacle ?? takeRoom(plan, quarantine.limits);
  }

  /** Only what nothing else forbids takes room. */
  async function takeRoom(
    plan: Plan,
    most: { readonly perPolicyAndHour: number; readonly perRepositoryAndHour: number },
  ): Promise<Reason | undefined> {
    const limits = limitsOf(plan, { perRule: most.perPolicyAndHour, perGroup: most.perRepositoryAndHour });
    for (const limit of limits) {
      const reason = await ledger.take(limit, { plan: plan.id, at: clock() });
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  return (run) => ({
    read: ledger.read,
    write: ledger.write,
    look: (call) => (isIamCall(call) ? lookAtIam(clients.iam, call) : lookAtEcr(clients.ecr, call)),
    perform: (call) => (isIamCall(call) ? performOnIam(clients.iam, call) : performOnEcr(clients.ecr, call)),
    findObstacle: findPlanObstacle,
    findUndoObstacle: async () => judgeSwitch(await facts.readSwitch()),
    clock,
    run: `${run}/${clock()}`,
  });
}
