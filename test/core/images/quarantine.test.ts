import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTakenBackByRule, withUndoWish } from '../../../lambdas/core/images/plan-facts.ts';
import {
  type FailedVerdict,
  type ImageAtRest,
  planContainment,
  planDeletion,
} from '../../../lambdas/core/images/quarantine.ts';
import {
  findObstacle,
  findUndoObstacle,
  judgeSwitch,
  type QuarantineFacts,
} from '../../../lambdas/core/images/quarantine-guards.ts';
import type { Happening } from '../../../lambdas/core/ledger/event.ts';
import { limitsOf, takeRoom, type Use } from '../../../lambdas/core/ledger/limits.ts';
import { isReversible } from '../../../lambdas/core/ledger/plan.ts';
import { isForExecutor, type LedgerRecord, openRecord, transition } from '../../../lambdas/core/ledger/record.ts';
import { eventOf, examplePlan } from '../../support/plans.ts';
import { IMAGE, NOON } from '../../support/verdicts.ts';

const HASH = `sha256:${'0'.repeat(64)}`;
const verdict: FailedVerdict = {
  ...IMAGE,
  state: 'invalid',
  policy: 'acme-images',
  policyHash: HASH,
  reasons: [{ code: 'wrong-identity', message: 'Signed by another workflow.' }],
};
const active: ImageAtRest = { storage: 'active', tags: ['1.0'] };
const actionsOf = (plan: ReturnType<typeof planContainment>) => plan?.steps.map(({ call }) => call.action);

describe('the ladder', () => {
  it('tags first and archives then, by what the rule allows', () => {
    expect(actionsOf(planContainment(verdict, { mode: 'approve', upTo: 'tag' }, active))).toEqual(['ecr:PutImage']);
    expect(actionsOf(planContainment(verdict, { mode: 'approve', upTo: 'archive' }, active))).toEqual([
      'ecr:PutImage',
      'ecr:UpdateImageStorageClass',
    ]);
  });

  it('gives an image without tags no tag, whose removal would delete it', () => {
    const untagged = { ...active, tags: [] };

    expect(planContainment(verdict, { mode: 'approve', upTo: 'tag' }, untagged)).toBeUndefined();
    expect(actionsOf(planContainment(verdict, { mode: 'approve', upTo: 'archive' }, untagged))).toEqual([
      'ecr:UpdateImageStorageClass',
    ]);
  });

  it('has nothing to do where the image is in quarantine', () => {
    expect(
      planContainment(verdict, { mode: 'enforce', upTo: 'archive' }, { ...active, storage: 'archived' }),
    ).toBeUndefined();
  });

  it('can be taken back except for the deletion, which waits for an operator in every mode', () => {
    for (const mode of ['approve', 'enforce'] as const) {
      const containment = planContainment(verdict, { mode, upTo: 'delete' }, active);
      const deletion = planDeletion(verdict, { mode, upTo: 'delete' }, { ...active, storage: 'archived' });

      expect(containment && isReversible(containment)).toBe(true);
      expect(deletion && isReversible(deletion)).toBe(false);
      expect(deletion?.mode).toBe('approve');
    }
  });

  it('offers a deletion only of what is archived and where the rule goes so far', () => {
    expect(planDeletion(verdict, { mode: 'approve', upTo: 'delete' }, active)).toBeUndefined();
    expect(
      planDeletion(verdict, { mode: 'approve', upTo: 'archive' }, { ...active, storage: 'archived' }),
    ).toBeUndefined();
    expect(planDeletion(verdict, { mode: 'observe', upTo: 'delete' }, { ...active, storage: 'archived' })?.mode).toBe(
      'observe',
    );
  });

  it('gives the same plan for the same state, whatever the words and other tags, and another under another policy', () => {
    const rule = { mode: 'approve', upTo: 'archive' } as const;
    const one = planContainment(verdict, rule, active);

    expect(planContainment({ ...verdict, reasons: [] }, rule, { ...active, tags: ['1.0', '1.1'] })?.id).toBe(one?.id);
    expect(planContainment({ ...verdict, policyHash: `sha256:${'1'.repeat(64)}` }, rule, active)?.id).not.toBe(one?.id);
    expect(planContainment(verdict, { ...rule, mode: 'enforce' }, active)?.id).not.toBe(one?.id);
  });
});

describe('an image that fails again', () => {
  const rule = { mode: 'enforce', upTo: 'archive' } as const;
  const first = planContainment(verdict, rule, active);
  if (first === undefined) throw new Error('no plan');
  const begun: readonly Happening[] = [
    { kind: 'begin' },
    { kind: 'start-step', step: 0 },
    { kind: 'fail', reason: { code: 'refused', message: '' } },
  ];
  const failed = begun.reduce<LedgerRecord>(
    (record, what, index) => {
      const next = transition(record, eventOf(what, `e${index}`));
      return next.ok ? next.record : record;
    },
    openRecord(first, 0),
  );

  it('is taken out by the rule once, and after that by a person', () => {
    const wished = withUndoWish(failed, 1);

    expect(wished?.progress.state).toBe('undoing');
    expect(wished && withUndoWish(wished, 2)).toBeUndefined();
    expect(isTakenBackByRule(failed)).toBe(false);
  });

  it('gets another plan, which names the one before', () => {
    const second = planContainment(verdict, rule, active, first.id);

    expect(second?.id).not.toBe(first.id);
    expect(second?.follows).toBe(first.id);
    expect(planContainment(verdict, rule, active)?.id).toBe(first.id);
  });

  it('wakes the executor for an undo that nobody has begun with, and not again for one that is under way', () => {
    const wished = withUndoWish(failed, 1);
    const started = wished && transition(wished, eventOf({ kind: 'start-undo', step: 0 }, 'u'));

    expect(wished && isForExecutor(wished, 1)).toBe(true);
    expect(started?.ok && isForExecutor(started.record, 1)).toBe(false);
  });
});

const plan = examplePlan();
const clear: QuarantineFacts = {
  killSwitch: { known: 'off' },
  atRest: { known: active },
  verdict: { known: 'invalid' },
  usedBy: { known: [] },
};
const bounds = { policyHash: plan.policyHash, protectedRepositories: ['base/**'], notPulledFor: 3600 };
const unknown = { unknown: 'AccessDenied' };

describe('the guards', () => {
  it('let a plan through when all of them say yes', () => {
    expect(findObstacle(plan, clear, bounds, NOON)).toBeUndefined();
  });

  it.each<[string, Partial<QuarantineFacts>]>([
    ['kill-switch', { killSwitch: { known: 'on' } }],
    ['kill-switch', { killSwitch: { known: 'OFF' } }],
    ['kill-switch', { killSwitch: { known: '' } }],
    ['unknown-kill-switch', { killSwitch: unknown }],
    ['gone', { atRest: { known: 'gone' } }],
    ['pulled', { atRest: { known: { ...active, lastPulledAt: NOON - 3_599_000 } } }],
    ['unknown-image-state', { atRest: unknown }],
    ['verdict-changed', { verdict: { known: 'verified' } }],
    ['verdict-changed', { verdict: { known: 'undecided' } }],
    ['verdict-changed', { verdict: { known: 'pending' } }],
    ['unknown-verdict', { verdict: unknown }],
    ['running', { usedBy: { known: ['task/1', 'task/2', 'function/3', 'function/4'] } }],
    ['unknown-use', { usedBy: unknown }],
  ])('forbid with %s', (code, change) => {
    expect(findObstacle(plan, { ...clear, ...change }, bounds, NOON)?.code).toBe(code);
  });

  it('forbid under another policy and in a protected repository', () => {
    expect(findObstacle(plan, clear, { ...bounds, policyHash: 'other' }, NOON)?.code).toBe('other-policy');
    expect(findObstacle(plan, clear, { ...bounds, protectedRepositories: ['team/*'] }, NOON)?.code).toBe('protected');
  });

  it('forbid whatever is unknown, in any combination', () => {
    const facts = fc.record({
      killSwitch: fc.constantFrom(clear.killSwitch, unknown),
      atRest: fc.constantFrom(clear.atRest, unknown),
      verdict: fc.constantFrom(clear.verdict, unknown),
      usedBy: fc.constantFrom(clear.usedBy, unknown),
    });

    fc.assert(
      fc.property(facts, (read) => {
        const all = Object.values(read).every((fact) => 'known' in fact);
        expect(findObstacle(plan, read, bounds, NOON) === undefined).toBe(all);
      }),
    );
  });

  it('stop an undo by the switch', () => {
    expect(judgeSwitch({ known: 'off' })).toBeUndefined();
    expect(judgeSwitch({ known: 'on' })?.code).toBe('kill-switch');
    expect(judgeSwitch(unknown)?.code).toBe('unknown-kill-switch');
  });

  it.each<[string | undefined, Partial<QuarantineFacts>]>([
    [undefined, { verdict: { known: 'verified' } }],
    ['kill-switch', { verdict: { known: 'verified' }, killSwitch: { known: 'on' } }],
    ['not-verified', { verdict: { known: 'undecided' } }],
    ['not-verified', { verdict: { known: 'invalid' } }],
    ['not-verified', { verdict: { known: 'pending' } }],
    ['unknown-verdict', { verdict: unknown }],
  ])('answer an undo that the rule wants with %s', (code, change) => {
    expect(findUndoObstacle({ ...clear, ...change })?.code).toBe(code);
  });

  it('count a pull as use only within the time the configuration names', () => {
    const pulled = { ...clear, atRest: { known: { ...active, lastPulledAt: NOON - 1 } } };

    expect(findObstacle(plan, pulled, { ...bounds, notPulledFor: undefined }, NOON)).toBeUndefined();
    expect(findObstacle(plan, pulled, { ...bounds, notPulledFor: 60 }, NOON)?.code).toBe('pulled');
  });
});

describe('the limits', () => {
  it('hold at any time for any order of asking, and count a plan once', () => {
    const [limit] = limitsOf(plan, { perRule: 3, perGroup: 2 });
    if (limit === undefined) throw new Error('no limit');
    const asks = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 0, max: 2_000_000 })));

    fc.assert(
      fc.property(asks, (list) => {
        let uses: readonly Use[] = [];
        let at = 0;
        for (const [name, wait] of list) {
          at += wait;
          const room = takeRoom(uses, { plan: name, at }, limit);
          if (room.ok) uses = room.uses;
          const recent = uses.filter((use) => use.at > at - limit.within);
          expect(recent.length).toBeLessThanOrEqual(limit.most);
          expect(new Set(recent.map((use) => use.plan)).size).toBe(recent.length);
        }
      }),
    );
  });

  it('say which of them is reached', () => {
    const [, group] = limitsOf(plan, { perRule: 3, perGroup: 1 });
    if (group === undefined) throw new Error('no limit');

    const room = takeRoom([{ plan: 'another', at: NOON - 1 }], { plan: plan.id, at: NOON }, group);

    expect(room).toMatchObject({ ok: false, reason: { code: 'limit-reached' } });
  });
});
