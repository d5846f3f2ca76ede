import { describe, expect, it } from 'vitest';
import { makeBundleCases, readBundleCases } from '../../support/bundle-cases.ts';
import { explainDisagreement } from '../../support/disagreements.ts';
import { createRandom, mutateBundle } from '../../support/mutate-bundle.ts';
import { type Judges, prepareJudges } from '../../support/sigstore-oracle.ts';

const MUTATIONS = Number(process.env.COUNTERSIGN_MUTATIONS ?? 10_000);
/** The oracle takes ten times as long as we do: it is asked about all that we accept, and about every so manieth that we refuse. */
const ASK_EVERY = Number(process.env.COUNTERSIGN_ASK_EVERY ?? 20);
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
  it.each(cases)('$name: agreed, or stricter for a named reason', ({ bundle, judges }) => {
    const ours = judges.ours(bundle);
    const theirs = judges.theirs(bundle);

    if (ours.ok !== (theirs === undefined)) {
      expect(explainDisagreement(ours, theirs), ours.ok ? theirs : ours.code).toBeDefined();
    }
  });

  it(`explains every disagreement over ${MUTATIONS} mutated bundles, and accepts none that says something else`, () => {
    const random = createRandom(SEED);
    const good = cases.flatMap((one) => {
      const outcome = one.judges.ours(one.bundle);
      return outcome.ok ? [{ ...one, signer: outcome.signer, content: outcome.content }] : [];
    });
    const bundles = good.map(({ bundle }) => bundle);
    const unexplained: string[] = [];

    for (let round = 0; round < MUTATIONS; round += 1) {
      const one = good[random(good.length)];
      if (one === undefined) break;
      const { bytes, place, kind } = mutateBundle(one.bundle, bundles, random);
      const ours = one.judges.ours(bytes);
      if (ours.ok) expect([ours.signer, ours.content]).toEqual([one.signer, one.content]);
      if (!ours.ok && round % ASK_EVERY !== 0) continue;
      const theirs = one.judges.theirs(bytes);
      if (ours.ok === (theirs === undefined) || explainDisagreement(ours, theirs) !== undefined) continue;
      unexplained.push(
        `${one.name}: ${place} ${kind}: ${ours.ok ? 'accepted' : ours.code}, they: ${theirs ?? 'accept'}`,
      );
    }

    expect(good.length).toBeGreaterThan(8);
    expect(unexplained).toEqual([]);
  }, 3_600_000);
});
