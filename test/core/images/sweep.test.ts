import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../lambdas/core/digest.ts';
import { nextVerdict } from '../../../lambdas/core/images/lifecycle.ts';
import {
  findArchivedNeed,
  findAttachmentNeed,
  findDueTime,
  findNeed,
  type Need,
} from '../../../lambdas/core/images/sweep.ts';
import { orderRepositories, splitImages } from '../../../lambdas/core/images/sweep-order.ts';
import type { VerdictRecord } from '../../../lambdas/core/images/verdict.ts';
import { circumstances, decided, IMAGE, NOON } from '../../support/verdicts.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = { now: NOON, policyHash: circumstances().policyHash };

/** A verdict that needs no look, but for what is changed about it. */
function record(changes: Partial<VerdictRecord> = {}): VerdictRecord {
  const { record: first } = nextVerdict(IMAGE, undefined, decided('verified'), circumstances());
  if (first === undefined) throw new Error('nothing was decided');
  return { ...first, publishedRevision: first.revision, ...changes };
}

const plan = (state: string) => ({
  kind: 'containment' as const,
  ...{ id: 'plan', mode: 'enforce' as const, planDigest: '', head: '', does: '', reversible: true, state },
});

describe('the need to look at an image', () => {
  test.each<[string, VerdictRecord | undefined, Need | undefined]>([
    ['without a verdict', undefined, 'due'],
    ['that is verified for good', record(), undefined],
    ['whose finding is owed', record({ publishedRevision: 0 }), 'due'],
    ['whose verdict has ended', record({ validUntil: NOON }), 'due'],
    ['whose verdict ends before the next run', record({ validUntil: NOON + HOUR }), 'due'],
    ['whose verdict ends after that', record({ validUntil: NOON + HOUR + 1 }), undefined],
    ['with a look on its way', record({ nextCheckAt: NOON - 14 * MINUTE }), undefined],
    ['with one on its way before its verdict ends', record({ nextCheckAt: NOON, validUntil: NOON + 1 }), undefined],
    ['with one on its way after its verdict has ended', record({ nextCheckAt: NOON, validUntil: NOON - 1 }), 'due'],
    ['whose look was lost', record({ nextCheckAt: NOON - 16 * MINUTE }), 'due'],
    ['judged by another policy', record({ policyHash: 'sha256:other' }), 'in-turn'],
    ['with an open finding', record({ state: 'invalid', findingOpen: true }), 'in-turn'],
    ['that could not be decided', record({ attempts: 8 }), 'in-turn'],
    ['in error', record({ state: 'error' }), 'in-turn'],
    ['that was gone and is there', record({ state: 'gone' }), 'in-turn'],
    ['that is ignored', record({ state: 'ignored' }), undefined],
    ['whose plan nobody has come to', record({ plans: [plan('undoing')] }), 'in-turn'],
    ['whose plan is done', record({ plans: [plan('undone')] }), undefined],
  ])('%s', (_what, one, need) => {
    expect(findNeed(one, at)).toBe(need);
  });

  test.each<[string, VerdictRecord | undefined, number | undefined, Need | undefined]>([
    ['that was pushed just now', undefined, NOON - HOUR, 'due'],
    ['that was pushed long ago', undefined, NOON - 3 * HOUR, undefined],
    ['of which nobody knows since when', undefined, undefined, undefined],
    ['with a verdict', record({ state: 'unsigned', findingOpen: true }), NOON - 3 * HOUR, 'in-turn'],
  ])('what calls itself an attachment, %s', (_what, one, pushedAt, need) => {
    expect(findAttachmentNeed(one, pushedAt, at)).toBe(need);
  });

  test.each<[string, VerdictRecord | undefined, Need | undefined]>([
    ['by others, unknown', undefined, undefined],
    ['by others, failing', record({ state: 'unsigned', findingOpen: true }), undefined],
    ['by a plan, failing', record({ state: 'unsigned', findingOpen: true, plans: [plan('verified')] }), 'in-turn'],
    ['by a plan, gone', record({ state: 'gone', plans: [plan('verified')] }), undefined],
  ])('what is archived %s', (_what, one, need) => {
    expect(findArchivedNeed(one, at)).toBe(need);
  });
});

describe('the time at which a verdict is due', () => {
  const moment = fc.option(
    fc.integer({ min: -2 * HOUR, max: 2 * HOUR }).map((offset) => NOON + offset),
    {
      nil: undefined,
    },
  );

  test('is when its need begins, whatever is on record', () => {
    fc.assert(
      fc.property(moment, moment, (validUntil, nextCheckAt) => {
        const one = record({ validUntil, nextCheckAt });
        const time = findDueTime(one);

        // A look that is overdue by the millisecond is on its way still.
        expect(findNeed(one, { ...at, now: (time ?? NOON) + 1 })).toBe(time === undefined ? undefined : 'due');
        if (time !== undefined) expect(findNeed(one, { ...at, now: time - 1 })).toBeUndefined();
      }),
    );
  });

  test('is never after its end', () => {
    fc.assert(
      fc.property(moment, moment, (validUntil, nextCheckAt) => {
        expect(findDueTime({ validUntil, nextCheckAt }) ?? 0).toBeLessThanOrEqual(validUntil ?? Number.MAX_VALUE);
      }),
    );
  });
});

describe('the order of a run', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-c]{1,3}$/));
  const position = fc.option(fc.record({ repository: fc.stringMatching(/^[a-d]{1,3}$/) }), { nil: undefined });

  test('has every repository once, from the position on', () => {
    fc.assert(
      fc.property(names, position, (all, from) => {
        const order = orderRepositories(all, from);

        expect(order.toSorted()).toEqual(all.toSorted());
        const [first] = order;
        if (from !== undefined && first !== undefined && all.some((name) => name >= from.repository)) {
          expect(first >= from.repository).toBe(true);
          expect(all.filter((name) => name >= from.repository && name < first)).toEqual([]);
        }
      }),
    );
  });

  test('has every image once, those after the position first', () => {
    const digests = fc.uniqueArray(fc.nat({ max: 20 }), { maxLength: 8 });
    fc.assert(
      fc.property(digests, fc.option(fc.nat({ max: 20 }), { nil: undefined }), (numbers, number) => {
        const images = numbers.map((one) => ({ digest: digestOf(String(one)) }));
        const after = number === undefined ? undefined : digestOf(String(number));
        const { first, last } = splitImages(images, after);
        const sorted = images.map(({ digest }) => digest).toSorted();

        expect([...last, ...first].map(({ digest }) => digest)).toEqual(sorted);
        expect(last.every(({ digest }) => after !== undefined && digest <= after)).toBe(true);
      }),
    );
  });
});
