import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CheckResult, concludeCheck } from '../../../../lambdas/core/iam/checks/check.ts';
import { planCheckNews, type ToldCheck } from '../../../../lambdas/core/iam/checks/told-checks.ts';

const failed = (name: string, because = 'why', severity: 'LOW' | 'HIGH' = 'HIGH') =>
  concludeCheck('account-trust', `arn:aws:iam::111122223333:role/${name}`, [{ severity, because }]);
const passed = (name: string) => concludeCheck('account-trust', `arn:aws:iam::111122223333:role/${name}`, []);
const round = (results: readonly CheckResult[], now = 1) => ({ results, isUnknown: () => false, now });

/** What is told after a round, as the sweep notes it. */
function note(told: readonly ToldCheck[], results: readonly CheckResult[], now = 1): readonly ToldCheck[] {
  const after = new Map(told.map((one) => [`${one.check} ${one.resource}`, one]));
  for (const news of planCheckNews(told, round(results, now))) {
    const name = `${news.told.check} ${news.told.resource}`;
    if (news.kind === 'failed') after.set(name, news.told);
    else after.delete(name);
  }
  return [...after.values()];
}

describe('planCheckNews', () => {
  test('tells what fails, the gravest first, and nothing of what passes', () => {
    const news = planCheckNews([], round([failed('a', 'why', 'LOW'), passed('b'), failed('c')]));

    expect(news.map(({ kind, told }) => `${kind} ${told.resource.at(-1)}`)).toEqual(['failed c', 'failed a']);
  });

  test('says nothing twice, and again where it fails otherwise, since when it was seen first', () => {
    const told = note([], [failed('a')], 1);

    expect(planCheckNews(told, round([failed('a')], 2))).toEqual([]);
    expect(planCheckNews(told, round([failed('a', 'other')], 2))).toMatchObject([
      { kind: 'failed', told: { firstSeenAt: 1 } },
    ]);
  });

  test('ends what passes, and what is not made any more', () => {
    const told = note([], [failed('a'), failed('b')]);

    expect(planCheckNews(told, round([passed('a')])).map(({ kind }) => kind)).toEqual(['passed', 'gone']);
  });

  test('leaves what is not known this time', () => {
    const told = note([], [failed('a'), failed('b')]);
    const isUnknown = ({ resource }: Pick<ToldCheck, 'resource'>) => resource.endsWith('a');

    expect(planCheckNews(told, { ...round([]), isUnknown }).map(({ told: { resource } }) => resource.at(-1))).toEqual([
      'b',
    ]);
  });

  test('after any rounds exactly what fails is told', () => {
    const results = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('', 'x', 'y')), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(fc.array(results, { maxLength: 6 }), (rounds) => {
        const made = rounds.map((one) =>
          one.map(([name, because]) => (because === '' ? passed(name) : failed(name, because))),
        );
        const told = made.reduce<readonly ToldCheck[]>((before, one, at) => note(before, one, at), []);
        const last = (made.at(-1) ?? []).filter(({ outcome }) => outcome === 'failed').map(({ resource }) => resource);

        expect(told.map(({ resource }) => resource).sort()).toEqual(last.sort());
      }),
    );
  });

  test('tells no more than a thousand in a run, and the rest in the next', () => {
    const many = Array.from({ length: 1500 }, (_, at) => failed(String(at)));
    const first = note([], many);

    expect(first).toHaveLength(1000);
    expect(note(first, many)).toHaveLength(1500);
  });
});
