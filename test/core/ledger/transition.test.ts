import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Happening, LedgerEvent } from '../../../lambdas/core/ledger/event.ts';
import type { Plan, PlanMode } from '../../../lambdas/core/ledger/plan.ts';
import { PROPOSAL_LIFE, STEP_LEASE } from '../../../lambdas/core/ledger/progress.ts';
import { type LedgerRecord, openRecord, transition, verifyRecord } from '../../../lambdas/core/ledger/record.ts';
import { approvalOf, eventOf, examplePlan, irreversiblePlan } from '../../support/plans.ts';

const step = fc.integer({ min: 0, max: 2 });
const happenings = (plan: Plan): fc.Arbitrary<Happening> =>
  fc.oneof(
    fc.constant(approvalOf(plan)),
    fc.constantFrom<Happening>({ kind: 'deny' }, { kind: 'expire' }, { kind: 'begin' }, { kind: 'request-undo' }),
    fc.constant<Happening>({ kind: 'verify', observed: 'as wanted' }),
    fc.constant<Happening>({ kind: 'fail', reason: { code: 'moved', message: '' } }),
    step.map<Happening>((index) => ({ kind: 'start-step', step: index })),
    fc.tuple(step, fc.boolean()).map<Happening>(([index, performed]) => ({
      kind: 'finish-step',
      step: index,
      performed,
      observed: 'x',
    })),
    step.map<Happening>((index) => ({ kind: 'start-undo', step: index })),
    step.map<Happening>((index) => ({ kind: 'finish-undo', step: index, observed: 'x' })),
  );

/** Any events at any times, those that are possible taken. Steps come more often than they would by chance. */
const histories = (mode: PlanMode) => {
  const plan = examplePlan({ mode });
  const events = fc.array(fc.tuple(happenings(plan), fc.integer({ min: 0, max: 2 * STEP_LEASE })), { maxLength: 60 });
  return events.map((list) => {
    let record = openRecord(plan, 0);
    let at = 0;
    for (const [index, [what, wait]] of list.entries()) {
      at += wait;
      const next = transition(record, eventOf(what, `e${index}`, at));
      if (next.ok) record = next.record;
    }
    return record;
  });
};

const kindsOf = (record: LedgerRecord) => record.history.map(({ event }) => event.what.kind);

/** Delivers events again and again until none is possible any more, as a queue does with what was refused for now. */
function deliver(plan: Plan, events: readonly LedgerEvent[]): LedgerRecord {
  let record = openRecord(plan, 0);
  let waiting = [...events];
  for (let moved = true; moved; ) {
    moved = false;
    const again: LedgerEvent[] = [];
    for (const event of waiting) {
      const next = transition(record, event);
      if (next.ok) {
        record = next.record;
        moved = true;
      } else if (next.refusal.again === 'later') again.push(event);
    }
    waiting = again;
  }
  return record;
}

const APPLICATION: readonly Happening[] = [
  { kind: 'begin' },
  { kind: 'start-step', step: 0 },
  { kind: 'finish-step', step: 0, performed: true, observed: 'tagged' },
  { kind: 'start-step', step: 1 },
  { kind: 'finish-step', step: 1, performed: true, observed: 'archived' },
  { kind: 'verify', observed: 'tagged; archived' },
];
const applied = (plan: Plan): readonly Happening[] => [approvalOf(plan), ...APPLICATION];
const undone: readonly Happening[] = [
  { kind: 'request-undo' },
  { kind: 'start-undo', step: 1 },
  { kind: 'finish-undo', step: 1, observed: 'restored' },
  { kind: 'start-undo', step: 0 },
  { kind: 'finish-undo', step: 0, observed: 'untagged' },
];
const named = (list: readonly Happening[]) => list.map((what, index) => eventOf(what, `e${index}`));

describe('the states of a plan', () => {
  it('lead from a proposal through approval, application and verification to the undo', () => {
    const plan = examplePlan();

    const verified = deliver(plan, named(applied(plan)));
    const all = deliver(plan, named([...applied(plan), ...undone]));

    expect(verified.progress.state).toBe('verified');
    expect(all.progress).toEqual({ state: 'undone', steps: [{ at: 'undone' }, { at: 'undone' }] });
  });

  it('let nothing begin in approve without an operator, and nothing at all in observe', () => {
    fc.assert(
      fc.property(histories('approve'), (record) => {
        for (const [index, kind] of kindsOf(record).entries()) {
          if (kind !== 'begin') continue;
          const before = record.history.slice(0, index).filter(({ event }) => event.what.kind !== 'deny');
          const last = before.findLast(({ event }) => ['approve', 'fail', 'begin'].includes(event.what.kind));
          expect(last?.event.what.kind).toBe('approve');
          expect(last?.event.by.kind).toBe('operator');
        }
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(histories('observe'), ({ progress }) => {
        expect(['proposed', 'denied']).toContain(progress.state);
        expect(progress.steps.every(({ at }) => at === 'pending')).toBe(true);
      }),
    );
  });

  it('let a rule take back its own plan in enforce, and no other', () => {
    const applied = (mode: PlanMode) => {
      const plan = examplePlan({ mode });
      return deliver(plan, named(mode === 'enforce' ? APPLICATION : [approvalOf(plan), ...APPLICATION]));
    };
    const wish = (name: string): LedgerEvent => ({
      id: 'wish',
      at: 2000,
      by: { kind: 'rule', name },
      what: { kind: 'request-undo' },
    });

    expect(transition(applied('enforce'), wish('images/quarantine/all'))).toMatchObject({
      ok: true,
      record: { progress: { state: 'undoing' } },
    });
    expect(transition(applied('enforce'), wish('images/quarantine/other'))).toMatchObject({
      refusal: { code: 'wrong-actor' },
    });
    expect(transition(applied('approve'), wish('images/quarantine/all'))).toMatchObject({
      refusal: { code: 'wrong-actor' },
    });
  });

  it.each<Happening>([
    { kind: 'deny' },
    approvalOf(examplePlan()),
    { kind: 'begin' },
    { kind: 'verify', observed: 'x' },
  ])('let a rule do nothing else: $kind', (what) => {
    const by = { kind: 'rule', name: 'images/quarantine/all' } as const;

    expect(transition(openRecord(examplePlan(), 0), { id: 'e', at: 1, by, what })).toMatchObject({
      refusal: { code: 'wrong-actor' },
    });
  });

  it('let a step be finished once between two undos, and start again only where it was not finished', () => {
    fc.assert(
      fc.property(fc.constantFrom<PlanMode>('approve', 'enforce').chain(histories), (record) => {
        const done = new Set<number>();
        for (const { event } of record.history) {
          const { what } = event;
          if (what.kind === 'start-step') expect(done.has(what.step)).toBe(false);
          if (what.kind === 'finish-step') {
            expect(done.has(what.step)).toBe(false);
            done.add(what.step);
          }
          if (what.kind === 'finish-undo') done.delete(what.step);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('let an undo be asked for only of what was applied, verified or has failed half-way', () => {
    fc.assert(
      fc.property(fc.constantFrom<PlanMode>('approve', 'enforce').chain(histories), (record) => {
        let replayed = openRecord(record.plan, 0);
        for (const { event } of record.history.slice(1)) {
          if (event.what.kind === 'request-undo') {
            expect(['applied', 'verified', 'failed']).toContain(replayed.progress.state);
            if (replayed.progress.state === 'failed') {
              expect(replayed.progress.steps.some(({ at }) => at !== 'pending' && at !== 'undone')).toBe(true);
            }
          }
          const next = transition(replayed, event);
          if (next.ok) replayed = next.record;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('end the same, however often and in which order events come, the undo after what it undoes', () => {
    const plan = examplePlan();
    const all = named([...applied(plan), ...undone]);
    const first = all.slice(0, applied(plan).length);
    const expected = deliver(plan, all);
    const mix = (events: readonly LedgerEvent[]) =>
      fc.array(fc.constantFrom(...events), { maxLength: 20 }).chain((extra) => {
        const list = [...events, ...extra];
        return fc.shuffledSubarray(list, { minLength: list.length });
      });

    fc.assert(
      fc.property(mix(first), mix(all), (applying, everything) => {
        expect(deliver(plan, [...applying, ...everything]).progress).toEqual(expected.progress);
      }),
      { numRuns: 300 },
    );
  });

  it('let a denial win over an approval until the plan was begun', () => {
    const plan = examplePlan();
    const [approve, deny] = [eventOf(approvalOf(plan), 'a'), eventOf({ kind: 'deny' }, 'd')];

    expect(deliver(plan, [approve, deny]).progress.state).toBe('denied');
    expect(deliver(plan, [deny, approve]).progress.state).toBe('denied');
  });

  it.each<[string, Plan, LedgerEvent]>([
    ['observe-only', examplePlan({ mode: 'observe' }), eventOf(approvalOf(examplePlan({ mode: 'observe' })), 'a')],
    ['other-plan', examplePlan(), eventOf(approvalOf(examplePlan({ mode: 'enforce' })), 'a')],
    ['irreversible', irreversiblePlan(), eventOf(approvalOf(irreversiblePlan()), 'a')],
    ['wrong-actor', examplePlan(), { ...eventOf(approvalOf(examplePlan()), 'a'), by: { kind: 'executor' } }],
    [
      'wrong-actor',
      examplePlan({ mode: 'enforce' }),
      { ...eventOf({ kind: 'begin' }, 'b'), by: eventOf({ kind: 'deny' }, 'x').by },
    ],
    ['not-due', examplePlan(), eventOf(approvalOf(examplePlan()), 'a', PROPOSAL_LIFE)],
    ['not-due', examplePlan(), eventOf({ kind: 'expire' }, 'e', PROPOSAL_LIFE - 1)],
    ['wrong-state', examplePlan(), eventOf({ kind: 'request-undo' }, 'u')],
  ])('refuse with %s', (code, plan, event) => {
    const next = transition(openRecord(plan, 0), event);

    expect(next.ok ? 'accepted' : next.refusal.code).toBe(code);
  });

  it('let what cannot be taken back be approved by who says to know that, and never be undone', () => {
    const plan = irreversiblePlan();
    const record = deliver(
      plan,
      named([approvalOf(plan, true), ...applied(plan).slice(1, 4), { kind: 'verify', observed: 'gone' }]),
    );

    const undo = transition(record, eventOf({ kind: 'request-undo' }, 'u'));

    expect(record.progress.state).toBe('verified');
    expect(undo.ok ? 'accepted' : undo.refusal.code).toBe('irreversible');
  });

  it('let a started step be taken over only when its lease has ended', () => {
    const plan = examplePlan();
    const record = deliver(plan, named(applied(plan).slice(0, 3)));
    const again = (at: number) => transition(record, eventOf({ kind: 'start-step', step: 0 }, 'again', at));

    expect(again(1000 + STEP_LEASE - 1)).toMatchObject({ ok: false, refusal: { code: 'in-progress', again: 'later' } });
    expect(again(1000 + STEP_LEASE).ok).toBe(true);
  });

  it('take back nothing that was there before', () => {
    const plan = examplePlan({ mode: 'enforce' });
    const kept = deliver(
      plan,
      named([
        { kind: 'begin' },
        { kind: 'finish-step', step: 0, performed: false, observed: 'tagged before' },
        { kind: 'start-step', step: 1 },
        { kind: 'finish-step', step: 1, performed: true, observed: 'archived' },
        { kind: 'request-undo' },
        { kind: 'start-undo', step: 1 },
        { kind: 'finish-undo', step: 1, observed: 'restored' },
      ]),
    );

    expect(kept.progress).toEqual({ state: 'undone', steps: [{ at: 'kept' }, { at: 'undone' }] });
  });
});

/** All places of a JSON value, as paths. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, member]) => placesIn(member, [...path, key]));
}

function change(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined)
    return typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${String(value)}x`;
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? change(item, rest) : item));
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.map(([name, member]) => [name, name === key ? change(member, rest) : member]));
}

const isRecordLike = (value: unknown): value is LedgerRecord =>
  typeof value === 'object' && value !== null && 'history' in value;

describe('the evidence chain', () => {
  it('holds for every history that came about', () => {
    fc.assert(
      fc.property(fc.constantFrom<PlanMode>('observe', 'approve', 'enforce').chain(histories), (record) => {
        expect(() => verifyRecord(record)).not.toThrow();
      }),
    );
  });

  it('shows a change in any single place', () => {
    const plan = examplePlan();
    const record = deliver(plan, named([...applied(plan), ...undone]));
    const places = placesIn(record);

    expect(places.length).toBeGreaterThan(100);
    for (const place of places) {
      const changed: unknown = change(record, place);
      if (!isRecordLike(changed)) throw new Error('not a record');
      expect(() => verifyRecord(changed), place.join('.')).toThrow(expect.objectContaining({ code: 'broken-chain' }));
    }
  });

  it('shows entries that were removed, doubled or exchanged, and a history without any', () => {
    const plan = examplePlan();
    const record = deliver(plan, named(applied(plan)));
    const { history } = record;

    for (const index of history.keys()) {
      const removed = history.toSpliced(index, 1);
      const doubled = history.toSpliced(index, 0, ...history.slice(index, index + 1));
      for (const list of [removed, doubled, history.toReversed(), []]) {
        expect(() => verifyRecord({ ...record, history: list })).toThrow(
          expect.objectContaining({ code: 'broken-chain' }),
        );
      }
    }
  });
});
