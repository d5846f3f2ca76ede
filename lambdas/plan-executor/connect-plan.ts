import { readKillSwitch } from '../aws/kill-switch.ts';
import type { LedgerStore } from '../aws/ledger-store.ts';
import { lookAtEcr, performOnEcr } from '../aws/plan-calls/ecr.ts';
import { lookAtIam, performOnIam } from '../aws/plan-calls/iam.ts';
import { lookAtSetting, performSetting } from '../aws/plan-calls/setting.ts';
import { explainRefusal } from '../aws/refusal.ts';
import type { Wiring } from '../aws/wiring.ts';
import type { Reason } from '../core/errors.ts';
import { judgeSwitch, type Known } from '../core/images/quarantine-guards.ts';
import { type AwsCall, isIamCall, isSettingCall } from '../core/ledger/call.ts';
import type { ExecutorPorts, Standing } from '../core/ledger/execute.ts';
import type { Limit } from '../core/ledger/limits.ts';
import type { Plan } from '../core/ledger/plan.ts';

export type ExecutorClients =
  | 'ec2'
  | 'kms'
  | 'cloudtrail'
  | 'ecr'
  | 'sqs'
  | 'dynamodb'
  | 'ssm'
  | 'ecs'
  | 'lambda'
  | 'iam'
  | 's3';

/** What plans of one kind are held against before each call. */
export interface Guard {
  /** Whether anything forbids the plan now; what cannot be read forbids. Throws where another try may read it. */
  findObstacle(plan: Plan): Promise<Reason | undefined>;
  /** What forbids to take the plan back where it is its rule that wants it; an operator needs no reason. */
  findUndoObstacle(plan: Plan): Promise<Reason | undefined>;
  limitsOf(plan: Plan): readonly Limit[];
}

export interface ExecutorParts {
  readonly wiring: Wiring<ExecutorClients>;
  readonly ledger: LedgerStore;
  /** Name of the parameter of the kill switch. */
  readonly killSwitch: string;
  readonly guards: { readonly images: Guard; readonly iam: Guard; readonly threats: Guard; readonly controls: Guard };
}

/** What `executePlan` needs of the world, for one run under its own name. */
export function connectPlan({ wiring, ledger, killSwitch, guards }: ExecutorParts): (run: string) => ExecutorPorts {
  const { clients, clock } = wiring;

  async function findPlanObstacle(plan: Plan, wantedBy: 'operator' | 'rule'): Promise<Reason | undefined> {
    const guard = guardOf(plan);
    const obstacle = judgeSwitch(await readSwitch()) ?? (await guard.findObstacle(plan));
    // Who is asked to settle a quarrel is not stopped by it.
    const limits = guard.limitsOf(plan).filter(({ code }) => wantedBy === 'rule' || code !== 'contested');
    return obstacle ?? takeRoom(plan, limits);
  }

  function guardOf({ rule }: Plan): Guard {
    if (rule.startsWith('controls/')) return guards.controls;
    if (rule.startsWith('threats/')) return guards.threats;
    return rule.startsWith('iam/') ? guards.iam : guards.images;
  }

  /** Only what nothing else forbids takes room. */
  async function takeRoom(plan: Plan, limits: readonly Limit[]): Promise<Reason | undefined> {
    for (const limit of limits) {
      const reason = await ledger.take(limit, { plan: plan.id, at: clock() });
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  async function readSwitch(): Promise<Known<string>> {
    try {
      return { known: await readKillSwitch(clients.ssm, killSwitch) };
    } catch (thrown) {
      const refused = explainRefusal(thrown);
      if (refused === undefined) throw thrown;
      return { unknown: refused.message };
    }
  }

  function look(call: AwsCall): Promise<Standing> {
    if (isSettingCall(call)) return lookAtSetting(clients, call);
    return isIamCall(call) ? lookAtIam(clients.iam, call) : lookAtEcr(clients.ecr, call);
  }

  function perform(call: AwsCall): Promise<Reason | undefined> {
    if (isSettingCall(call)) return performSetting(clients, call);
    return isIamCall(call) ? performOnIam(clients.iam, call) : performOnEcr(clients.ecr, call);
  }

  return (run) => ({
    read: ledger.read,
    write: ledger.write,
    look,
    perform,
    findObstacle: findPlanObstacle,
    findUndoObstacle: async (plan, wantedBy) => {
      const obstacle = judgeSwitch(await readSwitch());
      return obstacle ?? (wantedBy === 'operator' ? undefined : guardOf(plan).findUndoObstacle(plan));
    },
    clock,
    run: `${run}/${clock()}`,
  });
}
