import { describe, expect, it } from 'vitest';
import { lookAtSetting, performSetting, readSetting } from '../../lambdas/aws/plan-calls/setting.ts';
import { type AwsCall, isSettingCall } from '../../lambdas/core/ledger/call.ts';
import { invertSettingCall, type SettingCall, toSettingCall } from '../../lambdas/core/ledger/calls/setting.ts';
import { SETTINGS, type SettingName } from '../../lambdas/core/ledger/calls/settings/index.ts';
import { type ExecutorPorts, executePlan } from '../../lambdas/core/ledger/execute.ts';
import { createPlan } from '../../lambdas/core/ledger/plan.ts';
import { STEP_LEASE } from '../../lambdas/core/ledger/progress.ts';
import { openRecord, transition, verifyRecord } from '../../lambdas/core/ledger/record.ts';
import { virtualClock } from '../../local/account/clock.ts';
import { createEmbeddedAccount } from '../../local/account/index.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { eventOf, examplePlan } from '../support/plans.ts';
import { pairsOf, SETTING_CASES, SETTING_NAMES } from '../support/settings/index.ts';
import { CASE_ACCOUNT, CASE_REGION } from '../support/settings/setting-case.ts';

type Ends = Pick<SettingCall, 'from' | 'to'>;

/** A target with `from` in the setting, and the call that leads to `to`. */
async function prepare(setting: SettingName, { from, to }: Ends, seed = 1) {
  const clock = virtualClock(Date.UTC(2026, 10, 23, 12));
  const options = { id: CASE_ACCOUNT, region: CASE_REGION, clock, random: seededRandom(seed) };
  const { clients } = createEmbeddedAccount(options);
  const { make, readAll, contents } = SETTING_CASES[setting];
  const target = await make(clients);
  const place = { account: CASE_ACCOUNT, region: CASE_REGION, setting, target };
  const set = async (now: string | null, next: string | null): Promise<void> => {
    if (now === next) return;
    if (!SETTINGS[setting].canLead(now, next)) {
      await set(now, null);
      return set(null, next);
    }
    expect(await performSetting(clients, toSettingCall({ ...place, from: now, to: next }))).toBeUndefined();
  };
  await set(contents[0] ?? null, from);
  const call = toSettingCall({ ...place, from, to });
  return { clients, call, place, set, read: () => readAll(clients, target) };
}

/** Runs until the plan is through: of all calls, the one at `diesAt` dies before or after it was made; 30 % of the others are refused where `faults`. */
async function run(setting: SettingName, ends: Ends, diesAt: number, isAfter: boolean, faults: boolean) {
  const { clients, call, read } = await prepare(setting, ends, diesAt);
  const before = await read();
  const { id: _id, ...draft } = examplePlan({ mode: 'enforce' });
  const steps = [{ call, inverse: { call: invertSettingCall(call) } }];
  const plan = createPlan({ ...draft, rule: `controls/${setting}`, steps });
  const random = seededRandom(diesAt);
  const world = { record: openRecord(plan, 0), now: 1000, calls: 0, performed: 0 };
  const live = async <T>(work: () => Promise<T>): Promise<T> => {
    world.calls += 1;
    const dies = world.calls === diesAt;
    const refused = faults && random() < 0.3;
    if ((dies && !isAfter) || refused) throw new Error(refused ? 'throttled' : 'died');
    const answer = await work();
    if (dies) throw new Error('died');
    return answer;
  };
  const only = (one: AwsCall) => (isSettingCall(one) ? one : call);
  const ports = (): ExecutorPorts => ({
    read: () => live(async () => world.record),
    write: (next, previous) =>
      live(async () => {
        if (world.record.history.length !== previous.history.length) return false;
        world.record = next;
        return true;
      }),
    look: (one) => live(() => lookAtSetting(clients, only(one))),
    perform: (one) =>
      live(() => {
        world.performed += 1;
        return performSetting(clients, only(one));
      }),
    findObstacle: async () => undefined,
    findUndoObstacle: async () => undefined,
    clock: () => world.now,
    run: String(world.now),
  });
  const persist = async (end: string) => {
    for (let tries = 0; tries < 200 && world.record.progress.state !== end; tries += 1) {
      world.now += STEP_LEASE;
      await executePlan(plan.id, ports()).catch(() => undefined);
    }
    return world.record.progress.state;
  };
  const applied = await persist('verified');
  const appliedText = await readSetting(clients, setting, call);
  const made = world.performed;
  await persist('verified');
  world.now += STEP_LEASE;
  await executePlan(plan.id, ports()).catch(() => undefined);
  const madeAgain = world.performed - made;
  const undo = transition(world.record, eventOf({ kind: 'request-undo' }, 'u', world.now));
  if (undo.ok) world.record = undo.record;
  const undone = await persist('undone');
  verifyRecord(world.record);
  return { applied, appliedText, madeAgain, undone, before, after: await read(), calls: world.calls };
}

describe.each(SETTING_NAMES)('%s', (setting) => {
  const pairs = pairsOf(setting);

  it('is set, stays set when asked again, and comes back exactly, whichever call dies', async () => {
    const long = process.env.COUNTERSIGN_LONG !== undefined;
    for (const [index, ends] of pairs.entries()) {
      const { calls } = await run(setting, ends, 0, false, false);
      // Every call in one way and its way back; of more pairs some.
      for (let diesAt = 1 + index; diesAt <= calls; diesAt += long ? 1 : 3 + 2 * index) {
        for (const isAfter of [false, true]) {
          const seen = await run(setting, ends, diesAt, isAfter, diesAt % 3 === 0);

          expect(seen, `${ends.from} to ${ends.to}, call ${diesAt}`).toMatchObject({
            applied: 'verified',
            appliedText: { is: 'set', text: ends.to },
            madeAgain: 0,
            undone: 'undone',
          });
          expect(seen.after).toEqual(seen.before);
        }
      }
      expect(calls).toBeGreaterThan(10);
    }
  });

  it('is left alone where it holds neither of the two, and a plan of it fails', async () => {
    const { contents } = SETTING_CASES[setting];
    for (const ends of pairs) {
      for (const other of contents.filter((text) => text !== ends.from && text !== ends.to)) {
        const { clients, call, set, read } = await prepare(setting, ends);
        await set(ends.from, other);
        const moved = await read();

        expect((await lookAtSetting(clients, call)).is).toBe('elsewhere');
        expect((await lookAtSetting(clients, invertSettingCall(call))).is).toBe('elsewhere');
        expect(await read()).toEqual(moved);
      }
    }
  });

  it('is told where the target is gone, or is of another region', async () => {
    const [ends = { from: null, to: null }] = pairs;
    const { clients, call } = await prepare(setting, ends);
    const { missing } = SETTING_CASES[setting];

    expect((await lookAtSetting(clients, { ...call, region: 'eu-west-2' })).is).toBe('elsewhere');
    if (missing === undefined) return;
    expect(await readSetting(clients, setting, { ...call, target: missing })).toEqual({ is: 'gone' });
    expect((await lookAtSetting(clients, { ...call, target: missing })).is).toBe('gone');
    expect(await performSetting(clients, { ...call, target: missing })).toMatchObject({ code: 'refused' });
  });
});
