import { afterAll, describe, expect, it } from 'vitest';
import { mutateJson } from '../../fuzz/mutate/json.ts';
import { createRandom } from '../../fuzz/mutate/random.ts';
import { makeBundleCases, readBundleCases } from '../../support/bundle-cases.ts';
import { type Comparison, compareVerdicts } from '../../support/disagreements.ts';
import { type Judges, prepareJudges } from '../../support/sigstore-oracle.ts';

/** A tenth of what the fuzz suite gets: the oracle takes ten times as long as we do. */
const MUTATIONS =
  process.env.COUNTERSIGN_FUZZ === undefined ? 500 : Math.ceil(Number(process.env.COUNTERSIGN_FUZZ) / 10);
const SEED = Number(process.env.COUNTERSIGN_SEED ?? 1);

const cases = [...makeBundleCases(), ...readBundleCases()].flatMap((one) => {
  const judges = tryPrepare(one);
  return judges === undefined ? [] : [{ ...one, judges }];
});

/** Roots that our parser refuses verify nothing here; sigstore-conformance holds them to that. */
function tryPrepare(one: Parameters<typeof prepareJudges>[0]): Judges | undefined {
  try {
    return prepareJudges(one);
  } catch {
    return undefined;
  }
}

describe('our verdicts beside those of @sigstore/verify', () => {
  const classes = new Map<string, number>();
  const count = (comparison: Comparison) => {
    const { kind } = comparison;
    const name =
      kind === 'agreed' ? `agreed: ${comparison.on}` : kind === 'unexplained' ? kind : `${kind}: ${comparison.because}`;
    classes.set(name, (classes.get(name) ?? 0) + 1);
  };
  afterAll(() => {
    const lines = [...classes].sort(([, one], [, other]) => other - one).map(([name, number]) => `  ${number} ${name}`);
    console.log(`differential: seed ${SEED}, ${cases.length} bundles, ${MUTATIONS} mutated\n${lines.join('\n')}`);
  });

  it.each(cases)('$name: agreed, or different for a named reason', ({ bundle, judges, artifact }) => {
    const comparison = compareVerdicts(judges, bundle, bundle, artifact);

    count(comparison);
    expect(comparison).not.toMatchObject({ kind: 'unexplained' });
  });

  it(`explains every disagreement over ${MUTATIONS} mutated bundles, and accepts none that says something else`, () => {
    const random = createRandom(SEED);
    const good = cases.flatMap((one) => {
      const outcome = one.judges.ours(one.bundle);
      return outcome.ok ? [{ ...one, signer: outcome.signer, content: outcome.content }] : [];
    });
    const unexplained: string[] = [];

    for (let round = 0; round < MUTATIONS; round += 1) {
      const one = good[random(good.length)];
      const donor = good[random(good.length)];
      if (one === undefined || donor === undefined) break;
      const bytes = mutateJson(one.bundle, donor.bundle, random);
      const comparison = compareVerdicts(one.judges, bytes, one.bundle, one.artifact);
      count(comparison);
      if (comparison.kind === 'unexplained') unexplained.push(`${one.name}, round ${round}: ${comparison.what}`);
    }

    expect(good.length).toBeGreaterThan(8);
    expect(unexplained).toEqual([]);
  }, 3_600_000);
});
