import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Evaluation } from '../../../../lambdas/core/controls/evaluations/evaluation.ts';
import {
  judgeByBaseline,
  judgeByTrust,
  type RecordedPrincipal,
} from '../../../../lambdas/core/controls/evaluations/judge-principals.ts';
import {
  type ImageStanding,
  judgeRepositories,
} from '../../../../lambdas/core/controls/evaluations/judge-repositories.ts';
import { type EarlierResult, planEvaluations } from '../../../../lambdas/core/controls/evaluations/plan-evaluations.ts';

const RUNS = Number(process.env.COUNTERSIGN_FUZZ_RUNS ?? 150);
const STATES = ['pending', 'verified', 'unsigned', 'invalid', 'error', 'ignored', 'gone'] as const;
const image = (state: (typeof STATES)[number], isCurrent = true): ImageStanding => ({
  repository: 'acme/app',
  state,
  isCurrent,
});
const complianceOf = (...images: ImageStanding[]) => judgeRepositories(images).evaluations[0]?.compliance;

describe('judgeRepositories', () => {
  it.each([
    [[image('verified')], 'COMPLIANT'],
    [[image('verified'), image('pending'), image('ignored'), image('gone')], 'COMPLIANT'],
    [[image('verified'), image('unsigned')], 'NON_COMPLIANT'],
    [[image('verified'), image('invalid')], 'NON_COMPLIANT'],
    [[image('verified'), image('error')], 'NON_COMPLIANT'],
    [[image('verified', false)], 'NOT_APPLICABLE'],
    [[image('pending')], 'NOT_APPLICABLE'],
    [[image('ignored')], 'NOT_APPLICABLE'],
    [[image('gone')], undefined],
    [[], undefined],
  ])('%#: %j is %s', (images, expected) => {
    expect(complianceOf(...images)).toBe(expected);
  });

  it('says how many images there are of what kind', () => {
    const { evaluations } = judgeRepositories([image('verified'), image('verified'), image('unsigned')]);

    expect(evaluations).toEqual([
      {
        type: 'AWS::ECR::Repository',
        id: 'acme/app',
        compliance: 'NON_COMPLIANT',
        annotation: 'Images: 1 unsigned or invalid, 2 verified.',
      },
    ]);
  });

  test('is never content with an image that is not verified, or where none is', () => {
    const standing = fc.record({
      repository: fc.constantFrom('a', 'b'),
      state: fc.constantFrom(...STATES),
      isCurrent: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(standing, { maxLength: 8 }), (images) => {
        for (const { id, compliance } of judgeRepositories(images).evaluations) {
          const own = images.filter(({ repository }) => repository === id);
          if (compliance !== 'COMPLIANT') continue;

          expect(own.some(({ state, isCurrent }) => state === 'verified' && isCurrent)).toBe(true);
          expect(own.some(({ state }) => ['unsigned', 'invalid', 'error'].includes(state))).toBe(false);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

const NOW = Date.UTC(2026, 10, 23, 12);
const role = (name: string, createdAt: number | undefined = NOW - 86_400_000): RecordedPrincipal => ({
  type: 'AWS::IAM::Role',
  id: `AROA${name}`,
  arn: `arn:aws:iam::111122223333:role/${name}`,
  createdAt,
});
const sweep = { startedAt: NOW - 600_000, wanted: [], leftOut: [], unread: [] };
const none = new Map<string, string>();

describe('judgeByBaseline', () => {
  const judge = (one: RecordedPrincipal, change = {}) => {
    const { evaluations, undecided } = judgeByBaseline([one], { faults: none, sweep, now: NOW, ...change });
    return evaluations[0]?.compliance ?? (undecided.length > 0 ? 'undecided' : 'nothing');
  };
  const a = role('a');

  it.each([
    ['as it was signed', a, {}, 'COMPLIANT'],
    ['with open drift', a, { faults: new Map([[a.arn, 'drift']]) }, 'NON_COMPLIANT'],
    ['with open drift, and no sweep', a, { faults: new Map([[a.arn, 'drift']]), sweep: undefined }, 'NON_COMPLIANT'],
    ['that deviated in the sweep and waits for its look', a, { sweep: { ...sweep, wanted: [a.arn] } }, 'undecided'],
    ['of a service', a, { sweep: { ...sweep, leftOut: [a.arn] } }, 'NOT_APPLICABLE'],
    ['made after the sweep', role('a', NOW - 1), {}, 'undecided'],
    ['made nobody knows when', { ...a, createdAt: undefined }, {}, 'undecided'],
    ['before any sweep', a, { sweep: undefined }, 'undecided'],
    ['after an old sweep', a, { sweep: { ...sweep, startedAt: NOW - 4 * 3_600_000 } }, 'undecided'],
  ])('a role %s', (_what, one, change, expected) => {
    expect(judge(one, change)).toBe(expected);
  });
});

describe('judgeByTrust', () => {
  const judge = (change = {}) => {
    const { evaluations } = judgeByTrust([role('a')], { faults: none, sweep, now: NOW, ...change });
    return evaluations[0]?.compliance ?? 'undecided';
  };

  it.each([
    ['that nothing is told of', {}, 'COMPLIANT'],
    ['that is told of', { faults: new Map([[role('a').arn, 'wide']]) }, 'NON_COMPLIANT'],
    ['whose trust could not be read', { sweep: { ...sweep, unread: [role('a').arn] } }, 'undecided'],
    ['that deviates from its baseline', { sweep: { ...sweep, wanted: [role('a').arn] } }, 'COMPLIANT'],
    ['before any sweep', { sweep: undefined }, 'undecided'],
  ])('a role %s', (_what, change, expected) => {
    expect(judge(change)).toBe(expected);
  });
});

describe('planEvaluations', () => {
  const evaluation = (id: string, compliance: Evaluation['compliance']): Evaluation => ({
    ...{ type: 'AWS::IAM::Role', id, compliance, annotation: 'x' },
  });
  const earlier = (id: string, compliance: EarlierResult['compliance']) => ({ type: 'AWS::IAM::Role', id, compliance });
  const undecided = (id: string) => ({ type: 'AWS::IAM::Role', id });

  it('ends what is gone, and upholds nothing good that it cannot judge', () => {
    const planned = planEvaluations(
      {
        evaluations: [evaluation('b', 'COMPLIANT'), evaluation('a', 'NON_COMPLIANT')],
        undecided: [undecided('c'), undecided('d'), undecided('e')],
      },
      [
        earlier('a', 'COMPLIANT'),
        earlier('c', 'COMPLIANT'),
        earlier('d', 'NON_COMPLIANT'),
        earlier('gone', 'NON_COMPLIANT'),
      ],
    );

    expect(planned.map(({ id, compliance }) => `${id} ${compliance}`)).toEqual([
      'a NON_COMPLIANT',
      'b COMPLIANT',
      'c NOT_APPLICABLE',
      'gone NOT_APPLICABLE',
    ]);
  });

  test('has each resource once, and annotations as Config takes them', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd');
    const compliance = fc.constantFrom('COMPLIANT', 'NON_COMPLIANT');
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.record({ id, compliance, annotation: fc.string({ minLength: 1, maxLength: 300, unit: 'binary' }) }),
          {
            selector: (one) => one.id,
          },
        ),
        fc.uniqueArray(id),
        fc.uniqueArray(fc.record({ id, compliance }), { selector: (one) => one.id }),
        (judged, open, before) => {
          const type = 'AWS::IAM::Role';
          const evaluations = judged.map((one) => ({ ...one, type }));
          const left = open
            .filter((one) => !judged.some((other) => other.id === one))
            .map((one) => ({ type, id: one }));

          const planned = planEvaluations(
            { evaluations, undecided: left },
            before.map((one) => ({ ...one, type })),
          );

          expect(new Set(planned.map((one) => one.id)).size).toBe(planned.length);
          expect(planned.every(({ annotation }) => annotation.length >= 1 && annotation.length <= 256)).toBe(true);
          for (const one of planned.filter((other) => other.compliance === 'COMPLIANT')) {
            expect(judged).toContainEqual(expect.objectContaining({ id: one.id, compliance: 'COMPLIANT' }));
          }
          for (const one of before.filter((other) => other.compliance === 'COMPLIANT')) {
            expect(planned.some((other) => other.id === one.id)).toBe(true);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});
