import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../lambdas/core/digest.ts';
import { type Circumstances, isFindingOwed, type Next, nextVerdict } from '../../../lambdas/core/images/lifecycle.ts';
import type { VerdictRecord } from '../../../lambdas/core/images/verdict.ts';
import type { Observation } from '../../../lambdas/core/images/verify-image.ts';
import {
  circumstances,
  decided,
  evidenceOf,
  GONE,
  GRACE,
  IGNORED,
  IMAGE,
  NOON,
  storedAndRead,
  UNDECIDED,
} from '../../support/verdicts.ts';

const SECOND = 1000;
const AFTER_GRACE = NOON + GRACE * SECOND;

function look(
  previous: VerdictRecord | undefined,
  observation: Observation,
  changes: Partial<Circumstances> = {},
): Next {
  return nextVerdict(IMAGE, previous, observation, circumstances(changes));
}

/** Runs looks one after the other, each row published and read back; returns the last row. */
function lookAgain(...looks: readonly [Observation, Partial<Circumstances>?][]): VerdictRecord {
  let row: VerdictRecord | undefined;
  for (const [observation, changes] of looks) {
    const { record } = look(row, observation, changes);
    if (record !== undefined) row = storedAndRead({ ...record, publishedRevision: record.revision });
  }
  if (row === undefined) throw new Error('no look left a row');
  return row;
}

function owed(record: VerdictRecord | undefined): boolean {
  return record !== undefined && isFindingOwed(record);
}

describe('the first look at an image', () => {
  it.each(['verified', 'invalid'] as const)('says %s at once, and owes a finding', (verdict) => {
    const next = look(undefined, decided(verdict));

    expect(next.record).toMatchObject({ state: verdict, revision: 1, publishedRevision: 0, firstSeenAt: NOON });
    expect(next.record?.findingOpen).toBe(verdict === 'invalid');
    expect(next.recheckAfter).toBeUndefined();
  });

  it('waits for a signature as long as the grace lasts', () => {
    const next = look(undefined, decided('unsigned'));

    expect(next.record).toMatchObject({ state: 'pending', findingOpen: false, graceEndsAt: AFTER_GRACE });
    expect(next.record?.nextCheckAt).toBe(NOON + 15 * SECOND);
    expect(next.recheckAfter).toBe(15);
    expect(owed(next.record)).toBe(false);
  });

  it('says unsigned where the event comes after the grace', () => {
    const next = look(undefined, decided('unsigned'), { seenAt: NOON - GRACE * SECOND });

    expect(next.record).toMatchObject({ state: 'unsigned', findingOpen: true });
    expect(owed(next.record)).toBe(true);
  });

  it('takes an event from the future for one of now, and does not believe that an event is a month old', () => {
    const early = look(undefined, decided('unsigned'), { seenAt: NOON + 86_400_000 });
    const late = look(undefined, decided('unsigned'), { seenAt: 0 });

    expect(early.record).toMatchObject({ state: 'pending', firstSeenAt: NOON, graceEndsAt: AFTER_GRACE });
    expect(late.record).toMatchObject({ state: 'unsigned', firstSeenAt: NOON - 14 * 86_400_000 });
  });

  it('keeps nothing about an image that the policy ignores', () => {
    expect(look(undefined, IGNORED)).toEqual({ record: undefined, recheckAfter: undefined });
  });

  it('notes that an image is gone, so that a slower look at the time before finds a newer row', () => {
    const { record } = look(undefined, GONE);

    expect(record).toMatchObject({ state: 'gone', findingOpen: false });
    expect(owed(record)).toBe(false);
  });
});

describe('an image that waits', () => {
  it('is looked at after 15 s, 60 s, then every 5 minutes, and once more when the grace ends', () => {
    const delays: (number | undefined)[] = [];
    let row = look(undefined, decided('unsigned')).record;
    while (row?.state === 'pending' && row.nextCheckAt !== undefined && delays.length < 20) {
      const next = look(row, decided('unsigned'), { now: row.nextCheckAt });
      delays.push(next.recheckAfter);
      row = next.record;
    }

    expect(delays).toEqual([60, 300, 225, undefined]);
    expect(row?.state).toBe('unsigned');
  });

  it('never asks for a delay beyond what SQS can', () => {
    const { recheckAfter } = look(undefined, decided('unsigned'), { graceSeconds: 86_400, seenAt: NOON - 7_200_000 });

    expect(recheckAfter).toBeLessThanOrEqual(900);
  });

  it('costs nothing where an event is delivered twice', () => {
    const row = lookAgain([decided('unsigned')]);

    const next = look(row, decided('unsigned'), { now: NOON + 5 * SECOND });

    expect(next).toEqual({ record: undefined, recheckAfter: undefined });
  });

  it('is verified as soon as the signature arrives, and looked at once more', () => {
    const row = lookAgain([decided('unsigned')]);

    const next = look(row, decided('verified'), { now: NOON + 20 * SECOND });

    expect(next.record).toMatchObject({ state: 'verified', findingOpen: false });
    expect(owed(next.record)).toBe(true);
    expect(next.recheckAfter).toBe(60);
  });

  it('is invalid as soon as a bad signature arrives', () => {
    const row = lookAgain([decided('unsigned')]);

    const { record } = look(row, decided('invalid'), { now: NOON + 20 * SECOND });

    expect(record).toMatchObject({ state: 'invalid', findingOpen: true });
  });
});

describe('a verdict', () => {
  it('does not change by being seen again, in whatever order the table keeps its members', () => {
    const evidence = [{ ...evidenceOf('satisfied'), signer: undefined }];
    const row = lookAgain([decided('verified', { evidence })]);

    const next = look(row, decided('verified', { evidence }), { now: NOON + SECOND });

    expect(next).toEqual({ record: undefined, recheckAfter: undefined });
  });

  it('does not change by being seen again where its evidence was too large to be kept', () => {
    const evidence = Array.from({ length: 5000 }, (_, at) => ({
      ...evidenceOf('failed', digestOf(String(at))),
      reason: { code: 'bad', message: `\ud800${'ü'.repeat(3000)}` },
    }));
    const reasons = Array.from({ length: 500 }, () => ({ code: 'bad', message: '€'.repeat(5000) }));
    const row = lookAgain([decided('invalid', { evidence, reasons })]);

    const next = look(row, decided('invalid', { evidence, reasons }), { now: NOON + SECOND });

    expect(Buffer.byteLength(JSON.stringify(row))).toBeLessThan(380 * 1024);
    expect(row.evidence.length).toBeGreaterThan(10);
    expect(next).toEqual({ record: undefined, recheckAfter: undefined });
  });

  it('keeps every policy line that fits, the ones in the document first', () => {
    const evidence = Array.from({ length: 400 }, (_, at) => ({
      ...evidenceOf('failed', digestOf(String(at))),
      policyLine: `images[${at}]`,
      reason: { code: 'bad', message: 'x'.repeat(1500) },
    }));

    const { record } = look(undefined, decided('invalid', { evidence }));

    expect(record?.evidence.map(({ policyLine }) => policyLine)).toEqual(
      evidence.slice(0, record?.evidence.length).map(({ policyLine }) => policyLine),
    );
    expect(record?.evidence.length).toBeGreaterThan(50);
  });

  it('owes a finding again where the evidence is new, and is looked at once more', () => {
    const row = lookAgain([decided('invalid')]);

    const next = look(row, decided('invalid', { reasons: [{ code: 'other', message: 'Another.' }] }), {
      now: NOON + SECOND,
    });

    expect(owed(next.record)).toBe(true);
    expect(next.record?.findingUpdatedAt).toBeGreaterThan(row.findingUpdatedAt);
    expect(next.recheckAfter).toBe(60);
  });

  it('is not looked at again and again once the second look has agreed', () => {
    const row = lookAgain([decided('unsigned')], [decided('verified'), { now: NOON + 20 * SECOND }]);

    const next = look(row, decided('verified'), { now: NOON + 80 * SECOND });

    expect(next.recheckAfter).toBeUndefined();
    expect(next.record?.nextCheckAt).toBeUndefined();
    expect(owed(next.record)).toBe(false);
  });

  it('closes its finding when the signature arrives after all', () => {
    const row = lookAgain([decided('unsigned'), { seenAt: NOON - GRACE * SECOND }]);

    const { record } = look(row, decided('verified'), { now: NOON + SECOND });

    expect(record).toMatchObject({ state: 'verified', findingOpen: false });
    expect(owed(record)).toBe(true);
  });

  it('is unsigned without another grace where the signature is taken away', () => {
    const row = lookAgain([decided('verified')]);

    const { record } = look(row, decided('unsigned'), { now: AFTER_GRACE });

    expect(record).toMatchObject({ state: 'unsigned', findingOpen: true });
  });

  it('gives each revision of the finding a later time, even where the clock steps back', () => {
    const row = lookAgain([decided('invalid')]);

    const { record } = look(row, decided('verified'), { now: NOON - 3_600_000 });

    expect(record?.findingUpdatedAt).toBe(row.findingUpdatedAt + 1);
  });
});

describe('a look that cannot decide', () => {
  it.each([['undecided', UNDECIDED] as const, ['an error of the policy', decided('error')] as const])(
    'leaves a new image in error and comes back soon (%s)',
    (_name, observation) => {
      const next = look(undefined, observation);

      expect(next.record).toMatchObject({ state: 'error', attempts: 1, findingOpen: false });
      expect(owed(next.record)).toBe(false);
      expect(next.recheckAfter).toBeGreaterThanOrEqual(8);
      expect(next.recheckAfter).toBeLessThanOrEqual(15);
    },
  );

  it.each(['verified', 'unsigned', 'invalid'] as const)(
    'does not touch a verdict of the same policy: %s',
    (verdict) => {
      const row = lookAgain([decided(verdict), { seenAt: NOON - GRACE * SECOND }]);

      const next = look(row, UNDECIDED, { now: NOON + SECOND });

      expect(next.record).toMatchObject({ state: verdict, evidence: row.evidence, findingOpen: row.findingOpen });
      expect(owed(next.record)).toBe(false);
      expect(next.recheckAfter).toBeDefined();
    },
  );

  it('does not let verified stand under another policy', () => {
    const row = lookAgain([decided('verified')]);

    const { record } = look(row, UNDECIDED, { now: NOON + SECOND, policyHash: 'sha256:policy-2' });

    expect(record).toMatchObject({ state: 'error', policyHash: 'sha256:policy-2' });
  });

  it('neither opens nor closes a finding', () => {
    const row = lookAgain([decided('invalid')]);

    const { record } = look(row, UNDECIDED, { now: NOON + SECOND, policyHash: 'sha256:policy-2' });

    expect(record).toMatchObject({ state: 'error', findingOpen: true });
    expect(owed(record)).toBe(false);
  });

  it('is repeated with growing delays, then left to the sweep', () => {
    const delays: number[] = [];
    let row = look(undefined, UNDECIDED, { random: 0.999 }).record;
    while (row?.nextCheckAt !== undefined && delays.length < 50) {
      const next = look(row, UNDECIDED, { now: row.nextCheckAt, random: 0.999 });
      if (next.recheckAfter !== undefined) delays.push(next.recheckAfter);
      row = next.record ?? row;
    }

    expect(delays).toEqual([30, 60, 120, 240, 480, 900]);
    expect(look(row, UNDECIDED, { now: NOON + 86_400_000 })).toEqual({ record: undefined, recheckAfter: undefined });
  });

  it('forgets the failed looks when one decides', () => {
    const row = lookAgain([UNDECIDED]);

    const { record } = look(row, decided('verified'), { now: NOON + 20 * SECOND });

    expect(record).toMatchObject({ state: 'verified', attempts: 0 });
  });

  it('keeps a debt: a finding that was owed before is still owed after it', () => {
    const unpublished = look(lookAgain([decided('invalid')]), GONE, { now: NOON + SECOND }).record;

    const failed = look(unpublished, UNDECIDED, { now: NOON + 2 * SECOND }).record;
    const gone = look(failed, GONE, { now: NOON + 60 * SECOND }).record;

    expect(failed?.state).toBe('error');
    expect(gone?.state).toBe('gone');
    expect(owed(gone)).toBe(true);
  });

  it('does not use up the grace of an image that was first seen while no trust could be used', () => {
    const row = lookAgain([UNDECIDED, { graceSeconds: 0, policyHash: 'unusable' }]);

    const { record } = look(row, decided('unsigned'), { now: NOON + 60 * SECOND });

    expect(record).toMatchObject({ state: 'pending', graceEndsAt: AFTER_GRACE });
  });
});

describe('an image that is deleted', () => {
  it('has its finding closed and its row kept', () => {
    const row = lookAgain([decided('invalid')]);

    const { record } = look(row, GONE, { now: NOON + SECOND });

    expect(record).toMatchObject({ state: 'gone', findingOpen: false, firstSeenAt: NOON, evidence: [] });
    expect(owed(record)).toBe(true);
  });

  it('needs no finding where none was open', () => {
    const row = lookAgain([decided('verified')]);

    const { record } = look(row, GONE, { now: NOON + SECOND });

    expect(record?.state).toBe('gone');
    expect(owed(record)).toBe(false);
  });

  it('has a grace of its own when it is pushed again, and keeps the time it was first seen', () => {
    const row = lookAgain([decided('invalid')], [GONE, { now: NOON + 3_600_000 }]);
    const pushedAgain = NOON + 7_200_000;

    const { record } = look(row, decided('unsigned'), { now: pushedAgain, seenAt: pushedAgain });

    expect(record).toMatchObject({
      state: 'pending',
      firstSeenAt: NOON,
      graceEndsAt: pushedAgain + GRACE * SECOND,
    });
  });

  it('has that grace too where the first news of it is an old event that was late', () => {
    const row = lookAgain([decided('invalid')], [GONE, { now: NOON + 3_600_000 }]);

    const { record } = look(row, decided('unsigned'), { now: NOON + 3_601_000, seenAt: NOON });

    expect(record?.state).toBe('pending');
  });
});

describe('another policy', () => {
  it('replaces a verdict and owes a finding', () => {
    const row = lookAgain([decided('verified')]);

    const { record } = look(row, decided('verified'), { now: NOON + SECOND, policyHash: 'sha256:policy-2' });

    expect(record).toMatchObject({ state: 'verified', policyHash: 'sha256:policy-2' });
    expect(owed(record)).toBe(true);
  });

  it('closes the finding of an image that it ignores', () => {
    const row = lookAgain([decided('invalid')]);

    const { record } = look(row, IGNORED, { now: NOON + SECOND, policyHash: 'sha256:policy-2' });

    expect(record).toMatchObject({ state: 'ignored', findingOpen: false });
    expect(owed(record)).toBe(true);
  });
});

it('remembers the tags under which the image was pushed, a bounded number', () => {
  let row: VerdictRecord | undefined;
  for (let at = 0; at < 50; at += 1) {
    row = look(row, decided('verified'), { now: NOON + at, tag: `v${at}` }).record ?? row;
  }

  expect(row?.tags).toHaveLength(20);
  expect(row?.tags).toContain('v49');
});

describe('a verdict that has to be made again at a time', () => {
  const ends = (seconds: number) => decided('verified', { validUntil: NOON + seconds * SECOND });

  it.each([
    [600, 600],
    [900, 900],
    [901, undefined],
    [1, 60],
  ])('in %i seconds is looked at by a message after %s, or found by the sweep', (seconds, delay) => {
    const next = look(undefined, ends(seconds));

    expect(next.recheckAfter).toBe(delay);
    expect(next.record?.nextCheckAt).toBe(delay === undefined ? undefined : NOON + delay * SECOND);
    expect(next.record?.validUntil).toBe(NOON + seconds * SECOND);
  });

  it('is asked for once, however many looks there are until then', () => {
    const row = lookAgain([ends(600)]);

    expect(look(row, ends(600), { now: NOON + 300 * SECOND }).recheckAfter).toBeUndefined();
  });

  it('tells nothing new where it is made again as it was', () => {
    const row = lookAgain([ends(600)]);
    const { record, recheckAfter } = look(row, ends(1200), { now: NOON + 600 * SECOND });

    // Whoever answers for some minutes only is asked by the sweep: images that are never at rest would take the place of new ones.
    expect(recheckAfter).toBeUndefined();
    expect(record).toMatchObject({ state: 'verified', validUntil: NOON + 1200 * SECOND });
    expect(owed(record)).toBe(false);
  });

  it('stands until then where another one cannot be made, and is worth nothing afterwards', () => {
    const row = lookAgain([ends(600)]);
    const before = look(row, UNDECIDED, { now: NOON + 599 * SECOND });
    const after = look(row, UNDECIDED, { now: NOON + 600 * SECOND });

    expect(before.record).toMatchObject({ state: 'verified', attempts: 1 });
    expect(after.record).toMatchObject({ state: 'error', attempts: 1, findingOpen: false });
    expect(owed(after.record)).toBe(false);
  });
});

describe('an image that is refused since its certificate is revoked', () => {
  const asked = (result: 'passed' | 'skipped') => ({
    ...evidenceOf('satisfied'),
    checks: [{ check: 'revocation' as const, result, detail: 'by OCSP' }],
  });
  const revoked = () => lookAgain([decided('invalid', { reasons: [{ code: 'revoked', message: 'It is revoked.' }] })]);
  const later = { now: NOON + 60 * SECOND };

  it('stays so while nobody answers, and is asked about again', () => {
    const next = look(revoked(), decided('verified', { evidence: [asked('skipped')] }), later);

    expect(next.record).toMatchObject({ state: 'invalid', attempts: 1, findingOpen: true });
    expect(next.recheckAfter).toBeGreaterThanOrEqual(8);
  });

  it.each([
    ['an answer says otherwise', [asked('passed')], {}],
    ['it is signed otherwise', [evidenceOf('satisfied')], {}],
    ['the policy is another one', [asked('skipped')], { policyHash: 'sha256:policy-2' }],
  ])('is verified where %s', (_what, evidence, changes) => {
    const { record } = look(revoked(), decided('verified', { evidence }), { ...later, ...changes });

    expect(record).toMatchObject({ state: 'verified', findingOpen: false });
  });
});
