import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isFindingOwed, nextVerdict } from '../../../lambdas/core/images/lifecycle.ts';
import { findNeed } from '../../../lambdas/core/images/sweep.ts';
import type { VerdictRecord } from '../../../lambdas/core/images/verdict.ts';
import type { Observation } from '../../../lambdas/core/images/verify-image.ts';
import { circumstances, decided, GONE, GRACE, IMAGE, NOON, storedAndRead, UNDECIDED } from '../../support/verdicts.ts';

/**
 * One image in a registry, the queue, the table and Security Hub, each as it is documented, and any number of functions that work off messages at the same
 * time, each stopped between any two of its steps. What may happen to it is drawn by fast-check; in the end everything comes to rest.
 */
type Signature = 'none' | 'good' | 'bad';
interface Message {
  readonly dueAt: number;
  readonly seenAt: number;
}
interface Finding {
  readonly updatedAt: number;
  readonly open: boolean;
}
type Step = 'read' | 'observe' | 'send' | 'write' | 'publish' | 'mark' | 'done';
interface Worker {
  readonly message: Message;
  step: Step;
  previous?: VerdictRecord | undefined;
  observation?: Observation;
  next?: ReturnType<typeof nextVerdict>;
  published?: VerdictRecord;
}

class World {
  now = NOON;
  present = false;
  signature: Signature = 'none';
  unreadable = 0;
  row: VerdictRecord | undefined;
  finding: Finding | undefined;
  queue: Message[] = [];
  workers: Worker[] = [];
  /** Writes, to hold each against the one before. */
  readonly rows: VerdictRecord[] = [];

  change(present: boolean, signature: Signature, lost: boolean): void {
    this.present = present;
    this.signature = present ? signature : 'none';
    if (!lost) this.queue.push({ dueAt: this.now, seenAt: this.now });
  }

  take(place: number): void {
    const due = this.queue.filter(({ dueAt }) => dueAt <= this.now);
    const message = due[place % Math.max(1, due.length)];
    if (message === undefined) return;
    this.queue.splice(this.queue.indexOf(message), 1);
    this.workers.push({ message, step: 'read' });
  }

  /** One step of one worker. `crash`: it never comes to it, and its message returns to the queue. */
  advance(place: number, crash: boolean): void {
    const worker = this.workers[place % Math.max(1, this.workers.length)];
    if (worker === undefined) return;
    if (crash) this.queue.push({ ...worker.message, dueAt: this.now + 360_000 });
    else worker.step = this.run(worker);
    if (crash || worker.step === 'done') this.workers.splice(this.workers.indexOf(worker), 1);
  }

  private run(worker: Worker): Step {
    switch (worker.step) {
      case 'read':
        worker.previous = this.row;
        return 'observe';
      case 'observe':
        worker.observation = this.observe();
        return 'send';
      case 'send':
        worker.next = nextVerdict(
          IMAGE,
          worker.previous,
          worker.observation ?? UNDECIDED,
          circumstances({ now: this.now, seenAt: worker.message.seenAt }),
        );
        if (worker.next.recheckAfter !== undefined) {
          this.queue.push({ dueAt: this.now + worker.next.recheckAfter * 1000, seenAt: this.now });
        }
        return 'write';
      case 'write':
        return this.write(worker);
      case 'publish':
        return this.publish(worker);
      case 'mark':
        if (this.row !== undefined && this.row.revision === worker.published?.revision) {
          this.row = { ...this.row, publishedRevision: this.row.revision };
        }
        return 'done';
      case 'done':
        return 'done';
    }
  }

  private observe(): Observation {
    if (this.unreadable > 0) {
      this.unreadable -= 1;
      return UNDECIDED;
    }
    if (!this.present) return GONE;
    return decided(({ none: 'unsigned', good: 'verified', bad: 'invalid' } as const)[this.signature]);
  }

  private write(worker: Worker): Step {
    const record = worker.next?.record;
    if (record === undefined) return 'publish';
    if (this.row?.revision !== worker.previous?.revision) return 'read';
    this.row = storedAndRead(record);
    this.rows.push(this.row);
    return 'publish';
  }

  private publish(worker: Worker): Step {
    const record = worker.next?.record ?? worker.previous;
    if (record === undefined || !isFindingOwed(record)) return 'done';
    if (record.state === 'pending' || record.state === 'error') return 'done';
    // Security Hub ignores what is not newer (BatchImportFindings).
    if (record.findingUpdatedAt > (this.finding?.updatedAt ?? 0)) {
      this.finding = { updatedAt: record.findingUpdatedAt, open: record.findingOpen };
    }
    worker.published = record;
    return 'mark';
  }

  sweep(): void {
    const at = { now: this.now, policyHash: circumstances().policyHash };
    const seen = this.present && findNeed(this.row, at) !== undefined;
    if (seen || this.row?.findingOpen === true) this.queue.push({ dueAt: this.now, seenAt: this.now });
  }

  /** Lets everything that is under way come to its end. Returns how many messages that took. */
  rest(): number {
    this.unreadable = 0;
    let messages = 0;
    for (; messages < 500; messages += 1) {
      while (this.workers.length > 0) this.advance(0, false);
      const next = this.queue.toSorted((a, b) => a.dueAt - b.dueAt)[0];
      if (next === undefined) return messages;
      this.now = Math.max(this.now, next.dueAt);
      this.take(this.queue.filter(({ dueAt }) => dueAt <= this.now).indexOf(next));
    }
    return messages;
  }
}

const signature = fc.constantFrom<Signature>('none', 'good', 'bad');
const place = fc.nat({ max: 7 });
const happening = fc.oneof(
  { weight: 3, arbitrary: fc.record({ what: fc.constant('push' as const), lost: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('sign' as const), signature, lost: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('delete' as const), lost: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('duplicate' as const), place }) },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('wait' as const), seconds: fc.constantFrom(1, 15, 60, 300, 900) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('fail' as const), looks: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('take' as const), place }) },
  { weight: 20, arbitrary: fc.record({ what: fc.constant('advance' as const), place }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('crash' as const), place }) },
);

/** Races need company: short histories hold none. */
const MANY = { minLength: 40, maxLength: 160, size: 'max' } as const;

type Happening = typeof happening extends fc.Arbitrary<infer One> ? One : never;

function happen(world: World, one: Happening): void {
  switch (one.what) {
    case 'push':
      world.change(true, world.present ? world.signature : 'none', one.lost);
      break;
    case 'sign':
      // That a good signature was taken away is not noticed where the event is lost, on purpose: what was signed stays signed.
      if (world.present)
        world.change(true, one.signature, one.lost && world.signature !== 'good' && one.signature !== 'none');
      break;
    case 'delete':
      // The same: what was signed, deleted and pushed again without its signature is still what was signed.
      if (world.present) world.change(false, 'none', one.lost && world.signature !== 'good');
      break;
    case 'duplicate': {
      const message = world.queue[one.place % Math.max(1, world.queue.length)];
      if (message !== undefined) world.queue.push(message);
      break;
    }
    case 'wait':
      world.now += one.seconds * 1000;
      break;
    case 'fail':
      world.unreadable = one.looks;
      break;
    case 'take':
      world.take(one.place);
      break;
    case 'advance':
      world.advance(one.place, false);
      break;
    case 'crash':
      world.advance(one.place, true);
      break;
  }
}

const LASTING = { none: 'unsigned', good: 'verified', bad: 'invalid' } as const;

it('ends in the verdict of what the registry holds, whatever happened on the way', () => {
  fc.assert(
    fc.property(fc.array(happening, MANY), (happenings) => {
      const world = new World();
      for (const one of happenings) happen(world, one);
      const messages = world.rest();
      world.sweep();
      const afterSweep = world.rest();

      expect(messages + afterSweep).toBeLessThan(400);
      const open = world.present && world.signature !== 'good';
      expect(world.finding?.open ?? false).toBe(open);
      if (world.present) expect(world.row?.state).toBe(LASTING[world.signature]);
      else expect(world.row?.findingOpen ?? false).toBe(false);
      if (world.row !== undefined) expect(world.row.nextCheckAt).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

it('ends there without a sweep where no event was lost and nothing failed for long', () => {
  const harmless = happening.filter((one) => one.what !== 'fail' && !('lost' in one && one.lost));
  fc.assert(
    fc.property(fc.array(harmless, MANY), (happenings) => {
      const world = new World();
      for (const one of happenings) happen(world, one);
      world.rest();

      const expected = world.present ? LASTING[world.signature] : 'gone';
      if (world.row !== undefined || world.present) expect(world.row?.state).toBe(expected);
      expect(world.finding?.open ?? false).toBe(world.present && world.signature !== 'good');
    }),
    { numRuns: 2000 },
  );
});

it('ends there where two functions overtake each other in the middle of two changes, at every pair of steps', () => {
  const states = ['gone', 'none', 'good', 'bad'] as const;
  const steps = [0, 1, 2, 3, 4, 5, 6];
  const change = (world: World, state: (typeof states)[number]) =>
    world.change(state !== 'gone', state === 'gone' ? 'none' : state, false);
  for (const first of states) {
    for (const second of states) {
      for (const third of states) {
        for (const before of steps) {
          for (const between of steps) {
            const world = new World();
            change(world, first);
            world.rest();
            world.now += 2 * GRACE * 1000;
            change(world, second);
            world.take(0);
            for (let step = 0; step < before; step += 1) world.advance(0, false);
            change(world, third);
            world.take(0);
            for (let step = 0; step < between; step += 1) world.advance(world.workers.length - 1, false);
            world.rest();

            const path = `${first} ${second} ${third} ${before} ${between}`;
            expect([path, world.row?.state]).toEqual([path, third === 'gone' ? 'gone' : LASTING[third]]);
            expect([path, world.finding?.open ?? false]).toEqual([path, third === 'none' || third === 'bad']);
          }
        }
      }
    }
  }
});

it('keeps its promises with every write', () => {
  fc.assert(
    fc.property(fc.array(happening, MANY), (happenings) => {
      const world = new World();
      for (const one of happenings) happen(world, one);
      world.rest();

      for (const [at, row] of world.rows.entries()) {
        const before = world.rows[at - 1];
        expect(row.revision).toBe((before?.revision ?? 0) + 1);
        expect(row.findingUpdatedAt).toBeGreaterThan(before?.findingUpdatedAt ?? 0);
        expect(row.firstSeenAt).toBe(world.rows[0]?.firstSeenAt);
        if (row.state === 'unsigned') expect(row.findingUpdatedAt).toBeGreaterThanOrEqual(row.graceEndsAt);
        if (row.state === 'pending') expect(row.nextCheckAt).toBeLessThanOrEqual(row.graceEndsAt + GRACE * 1000);
        if (row.state === 'verified') expect(row.findingOpen).toBe(false);
        if (row.state === 'error') expect(row.findingOpen).toBe(before?.findingOpen ?? false);
      }
    }),
    { numRuns: 1000 },
  );
});
