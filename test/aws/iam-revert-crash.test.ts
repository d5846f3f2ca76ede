import * as IAM from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { readIamState } from '../../lambdas/aws/iam-state.ts';
import { lookAtIam, performOnIam } from '../../lambdas/aws/plan-calls/iam.ts';
import { capturePolicy, capturePrincipal } from '../../lambdas/core/iam/baseline/capture.ts';
import { compareStates } from '../../lambdas/core/iam/baseline/compare-states.ts';
import { planRevert } from '../../lambdas/core/iam/drift/plan-revert.ts';
import { isIamCall } from '../../lambdas/core/ledger/call.ts';
import { type ExecutorPorts, executePlan } from '../../lambdas/core/ledger/execute.ts';
import { createPlan } from '../../lambdas/core/ledger/plan.ts';
import { STEP_LEASE } from '../../lambdas/core/ledger/progress.ts';
import { openRecord, transition, verifyRecord } from '../../lambdas/core/ledger/record.ts';
import { virtualClock } from '../../local/account/clock.ts';
import { createEmbeddedAccount } from '../../local/account/index.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { eventOf, examplePlan } from '../support/plans.ts';

const ACCOUNT = '123456789012';
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const policyOf = (action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
const trustOf = (name: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: `${name}.amazonaws.com` }, Action: 'sts:AssumeRole' }],
  });

type Make = (iam: IAM.IAMClient) => Promise<string>;
const user = { UserName: 'app' };
const role = { RoleName: 'app' };
const FAMILIES: Record<string, { make: Make; drift: (iam: IAM.IAMClient, arn: string) => Promise<unknown> }> = {
  'trust, boundary, inline and attachments of a role': {
    make: async (iam) => {
      const made = { ...role, AssumeRolePolicyDocument: trustOf('ec2'), PermissionsBoundary: READ_ONLY };
      await iam.send(new IAM.CreateRoleCommand(made));
      await iam.send(new IAM.PutRolePolicyCommand({ ...role, PolicyName: 'own', PolicyDocument: policyOf('s3:*') }));
      await iam.send(new IAM.AttachRolePolicyCommand({ ...role, PolicyArn: READ_ONLY }));
      return `arn:aws:iam::${ACCOUNT}:role/app`;
    },
    drift: async (iam) => {
      await iam.send(new IAM.UpdateAssumeRolePolicyCommand({ ...role, PolicyDocument: trustOf('lambda') }));
      await iam.send(new IAM.DeleteRolePermissionsBoundaryCommand(role));
      await iam.send(new IAM.DeleteRolePolicyCommand({ ...role, PolicyName: 'own' }));
      await iam.send(new IAM.PutRolePolicyCommand({ ...role, PolicyName: 'rogue', PolicyDocument: policyOf('iam:*') }));
      await iam.send(new IAM.DetachRolePolicyCommand({ ...role, PolicyArn: READ_ONLY }));
      await iam.send(new IAM.AttachRolePolicyCommand({ ...role, PolicyArn: ADMIN }));
    },
  },
  'groups and policies of a user': {
    make: async (iam) => {
      await iam.send(new IAM.CreateUserCommand(user));
      for (const GroupName of ['staff', 'other']) await iam.send(new IAM.CreateGroupCommand({ GroupName }));
      await iam.send(new IAM.AddUserToGroupCommand({ ...user, GroupName: 'staff' }));
      return `arn:aws:iam::${ACCOUNT}:user/app`;
    },
    drift: async (iam) => {
      await iam.send(new IAM.RemoveUserFromGroupCommand({ ...user, GroupName: 'staff' }));
      await iam.send(new IAM.AddUserToGroupCommand({ ...user, GroupName: 'other' }));
      await iam.send(new IAM.PutUserPolicyCommand({ ...user, PolicyName: 'rogue', PolicyDocument: policyOf('iam:*') }));
      await iam.send(new IAM.AttachUserPolicyCommand({ ...user, PolicyArn: ADMIN }));
    },
  },
};

async function prepare(family: string, seed: number) {
  const { make, drift } = FAMILIES[family] ?? { make: () => Promise.reject(), drift: () => Promise.reject() };
  const clock = virtualClock(Date.UTC(2026, 10, 23, 12));
  const { iam } = createEmbeddedAccount({
    id: ACCOUNT,
    region: 'eu-west-1',
    clock,
    random: seededRandom(seed),
  }).clients;
  const arn = await make(iam);
  const read = async () => {
    const live = await readIamState(iam, arn);
    if (live === undefined) throw new Error(`${arn} is gone`);
    return { live, state: live.kind === 'policy' ? capturePolicy(live) : capturePrincipal(live, new Set()) };
  };
  const signed = (await read()).state;
  await drift(iam, arn);
  const { live, state: drifted } = await read();
  const steps = planRevert(signed, live, compareStates(signed, drifted), ACCOUNT);
  const { id: _id, ...draft } = examplePlan({ mode: 'enforce' });
  const plan = createPlan({ ...draft, rule: 'iam/revert', resource: arn, steps: [...steps] });
  return { iam, plan, signed, drifted, read };
}

/** Runs until the plan is through: of all calls, the one at `diesAt` dies before or after it was made; 30 % of the others are refused where `faults`. */
async function run(family: string, diesAt: number, isAfter: boolean, faults: boolean, seed: number) {
  const { iam, plan, signed, drifted, read } = await prepare(family, seed);
  const random = seededRandom(seed);
  const world = { record: openRecord(plan, 0), now: 1000, calls: 0 };
  const live = async <T>(work: () => Promise<T>): Promise<T> => {
    world.calls += 1;
    const dies = world.calls === diesAt;
    const refused = faults && random() < 0.3;
    if ((dies && !isAfter) || refused) throw new Error(refused ? 'ConcurrentModification' : 'died');
    const answer = await work();
    if (dies) throw new Error('died');
    return answer;
  };
  const ports = (): ExecutorPorts => ({
    read: () => live(async () => world.record),
    write: (next, previous) =>
      live(async () => {
        if (world.record.history.length !== previous.history.length) return false;
        world.record = next;
        return true;
      }),
    look: (call) => live(() => (isIamCall(call) ? lookAtIam(iam, call) : Promise.reject(new Error('not of IAM')))),
    perform: (call) =>
      live(() => (isIamCall(call) ? performOnIam(iam, call) : Promise.reject(new Error('not of IAM')))),
    findObstacle: async () => undefined,
    findUndoObstacle: async () => undefined,
    clock: () => world.now,
    run: String(world.now),
  });
  const persist = async (end: string) => {
    for (let tries = 0; tries < 400 && world.record.progress.state !== end; tries += 1) {
      world.now += STEP_LEASE;
      await executePlan(plan.id, ports()).catch(() => undefined);
    }
    return { ended: world.record.progress.state, state: (await read()).state };
  };
  const applied = await persist('verified');
  const undo = transition(world.record, eventOf({ kind: 'request-undo' }, 'u', world.now));
  if (undo.ok) world.record = undo.record;
  const undone = await persist('undone');
  verifyRecord(world.record);
  return { applied, undone, signed, drifted, calls: world.calls };
}

test.each(Object.keys(FAMILIES))(
  '%s: a crash at any call, and refused calls, change nothing of the end',
  async (family) => {
    const { calls } = await run(family, 0, false, false, 1);
    const long = process.env.COUNTERSIGN_LONG !== undefined;

    for (let diesAt = 1; diesAt <= calls; diesAt += long ? 1 : 13) {
      for (const isAfter of [false, true]) {
        const { applied, undone, signed, drifted } = await run(family, diesAt, isAfter, diesAt % 2 === 0, diesAt);

        expect(applied, `call ${diesAt}`).toEqual({ ended: 'verified', state: signed });
        expect(undone, `call ${diesAt}`).toEqual({ ended: 'undone', state: drifted });
      }
    }
    expect(calls).toBeGreaterThan(20);
  },
);
