import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageOf, type Reason } from '../../../lambdas/core/errors.ts';
import type { AwsCall } from '../../../lambdas/core/ledger/call.ts';
import { type ExecutorPorts, executePlan } from '../../../lambdas/core/ledger/execute.ts';
import type { Plan, PlanMode } from '../../../lambdas/core/ledger/plan.ts';
import { PROPOSAL_LIFE, STEP_LEASE } from '../../../lambdas/core/ledger/progress.ts';
import { type LedgerRecord, openRecord, transition, verifyRecord } from '../../../lambdas/core/ledger/record.ts';
import { approvalOf, eventOf, examplePlan } from '../../support/plans.ts';

/** A world of one image, a ledger of one row, and a run that may die at any of its calls. */
function createWorld(plan: Plan) {
  const world = {
    record: openRecord(plan, 0),
    tagged: false,
    archived: false,
    deleted: false,
    performed: [] as string[],
    now: 1000,
    runs: 0,
    diesAt: Number.POSITIVE_INFINITY,
    obstacle: undefined as Reason | undefined,
    askedBefore: 0,
    refusal: undefined as Reason | undefined,
  };
  let calls = 0;
  const live = () => {
    calls += 1;
    if (calls > world.diesAt) throw new Error('died');
  };
  const isAfter = (call: AwsCall) => {
    if (call.action === 'ecr:UpdateImageStorageClass') return world.archived === (call.storageClass === 'ARCHIVE');
    if (call.action === 'ecr:PutImage') return world.tagged;
    return 'tag' in call && call.tag !== undefined ? !world.tagged : world.deleted;
  };
  const ports = (): ExecutorPorts => {
    world.runs += 1;
    calls = 0;
    return {
      read: async () => {
        live();
        return world.record;
      },
      write: async (record, previous) => {
        live();
        if (world.record.history.length !== previous.history.length) return false;
        world.record = record;
        live();
        return true;
      },
      look: async (call) => {
        live();
        return { is: isAfter(call) ? 'after' : 'before', observed: JSON.stringify(world.tagged) };
      },
      perform: async (call) => {
        live();
        if (world.refusal !== undefined) return world.refusal;
        world.performed.push(call.action);
        if (call.action === 'ecr:UpdateImageStorageClass') world.archived = call.storageClass === 'ARCHIVE';
        if (call.action === 'ecr:PutImage') world.tagged = true;
        if (call.action === 'ecr:BatchDeleteImage') world.tagged = false;
        live();
        return undefined;
      },
      findObstacle: async () => {
        world.askedBefore += 1;
        return world.obstacle;
      },
      findUndoObstacle: async () => world.obstacle,
      clock: () => world.now,
      run: String(world.runs),
    };
  };
  const run = () => executePlan(plan.id, ports());
  const tell = (what: Parameters<typeof eventOf>[0], id: string) => {
    const next = transition(world.record, eventOf(what, id, world.now));
    if (!next.ok) throw new Error(next.refusal.message);
    world.record = next.record;
  };
  return { world, run, tell };
}

const startsOf = (record: LedgerRecord) =>
  record.history.filter(({ event }) => event.what.kind === 'start-step').length;

describe('executing a plan', () => {
  it.each<PlanMode>(['observe', 'approve'])('does nothing in %s on its own', async (mode) => {
    const { world, run } = createWorld(examplePlan({ mode }));

    await run();

    expect(world.performed).toEqual([]);
    expect(world.record.progress.state).toBe('proposed');
  });

  it('applies in order, verifies by a fresh read, does nothing more when called again, and takes back in reverse', async () => {
    const plan = examplePlan();
    const { world, run, tell } = createWorld(plan);
    tell(approvalOf(plan), 'a');

    await run();
    await run();
    const verified = world.record.progress.state;
    tell({ kind: 'request-undo' }, 'u');
    await run();
    await run();

    expect(verified).toBe('verified');
    expect(world.record.progress.state).toBe('undone');
    expect([world.tagged, world.archived]).toEqual([false, false]);
    expect(world.performed).toEqual([
      'ecr:PutImage',
      'ecr:UpdateImageStorageClass',
      'ecr:UpdateImageStorageClass',
      'ecr:BatchDeleteImage',
    ]);
  });

  it('asks for obstacles before it begins and before every call', async () => {
    const { world, run } = createWorld(examplePlan({ mode: 'enforce' }));

    await run();

    expect(world.askedBefore).toBe(3);
  });

  it('fails without a call where something forbids it, and goes on when an operator says so', async () => {
    const plan = examplePlan({ mode: 'enforce' });
    const { world, run, tell } = createWorld(plan);
    world.obstacle = { code: 'running', message: 'a task runs from it' };

    await run();
    const held = world.record;
    world.obstacle = undefined;
    tell(approvalOf(plan), 'a');
    await run();

    expect(held.progress.state).toBe('failed');
    expect(held.history.at(-1)?.event.what).toMatchObject({ reason: { code: 'running' } });
    expect(world.record.progress.state).toBe('verified');
  });

  it('keeps what was there before and does not take it back', async () => {
    const { world, run, tell } = createWorld(examplePlan({ mode: 'enforce' }));
    world.tagged = true;

    await run();
    tell({ kind: 'request-undo' }, 'u');
    await run();

    expect(world.performed).toEqual(['ecr:UpdateImageStorageClass', 'ecr:UpdateImageStorageClass']);
    expect([world.tagged, world.archived, world.record.progress.state]).toEqual([true, false, 'undone']);
  });

  it('fails where AWS refuses a call for good', async () => {
    const { world, run } = createWorld(examplePlan({ mode: 'enforce' }));
    world.refusal = { code: 'refused', message: 'not supported' };

    await run();

    expect(world.record.progress.state).toBe('failed');
    expect(() => verifyRecord(world.record)).not.toThrow();
  });

  it('lets a proposal expire', async () => {
    const { world, run } = createWorld(examplePlan());
    world.now = PROPOSAL_LIFE;

    await run();

    expect(world.record.progress.state).toBe('expired');
  });

  it('touches nothing where the row does not hold', async () => {
    const plan = examplePlan({ mode: 'observe' });
    const { world, run } = createWorld(plan);
    world.record = { ...world.record, progress: { ...world.record.progress, state: 'auto' } };

    await expect(run()).rejects.toMatchObject({ code: 'broken-chain' });
    expect(world.performed).toEqual([]);
  });

  it('ends the same whatever the calls at which it dies, applying and undoing', async () => {
    const deaths = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 });

    await fc.assert(
      fc.asyncProperty(deaths, deaths, async (whileApplying, whileUndoing) => {
        const plan = examplePlan({ mode: 'enforce' });
        const { world, run, tell } = createWorld(plan);
        const persist = async (list: readonly number[]) => {
          for (const diesAt of [...list, Number.POSITIVE_INFINITY]) {
            world.diesAt = diesAt;
            world.now += STEP_LEASE;
            await run().catch((error: unknown) => expect(messageOf(error)).toBe('died'));
          }
        };

        await persist(whileApplying);
        const afterApplying = { tagged: world.tagged, archived: world.archived, state: world.record.progress.state };
        tell({ kind: 'request-undo' }, 'u');
        await persist(whileUndoing);

        expect(afterApplying).toEqual({ tagged: true, archived: true, state: 'verified' });
        expect([world.tagged, world.archived, world.record.progress.state]).toEqual([false, false, 'undone']);
        verifyRecord(world.record);
        // Each change is made once, except that nobody can know of a call that a run died in.
        expect(world.performed).toHaveLength(4);
        expect(startsOf(world.record)).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 100 },
    );
  });
});
