import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { listCases } from './cases.ts';
import { judgeInput, openCase } from './judge.ts';
import { installMeter } from './meter.ts';
import { runTarget, type Tally } from './run.ts';
import { TARGETS } from './targets/index.ts';

/** Inputs in all, over all targets by their shares; the long run sets a million. */
const INPUTS = Number(process.env.COUNTERSIGN_FUZZ ?? 10_000);
const SEED = Number(process.env.COUNTERSIGN_SEED ?? 1);
/** A file that an earlier run wrote for an input with a defect. */
const REPLAY = process.env.COUNTERSIGN_FUZZ_REPLAY;
const FAILURES = resolve(import.meta.dirname, '../../.build/fuzz');

installMeter();

const cases = listCases();
const shares = Object.values(TARGETS).reduce((sum, { share }) => sum + share, 0);
const tallies = new Map<string, Tally>();

describe.skipIf(REPLAY !== undefined)(`no hostile input is accepted, crashes or costs too much (seed ${SEED})`, () => {
  afterAll(() => {
    const sum = (count: (tally: Tally) => number) => [...tallies.values()].reduce((all, one) => all + count(one), 0);
    const total = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((all, one) => all + one, 0);
    const lines = [...tallies].map(([name, { inputs, refused, parsed, same, defects }]) => {
      const codes = [...refused].sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`);
      const kept = [...same].map(([why, count]) => `\n      same meaning ${count}: ${why}`);
      return `  ${name}: ${inputs} inputs, ${parsed} parsed, ${defects.length} defects; ${codes.join(', ')}${kept.join('')}`;
    });
    console.log(
      `fuzz: seed ${SEED}, ${sum(({ inputs }) => inputs)} inputs, ${sum(({ refused }) => total(refused))} refused, ${sum(({ parsed }) => parsed)} parsed, ` +
        `${sum(({ same }) => total(same))} accepted with the same meaning, ${sum(({ defects }) => defects.length)} defects\n${lines.join('\n')}`,
    );
  });

  test.each(Object.entries(TARGETS))('%s', { timeout: 60_000 + INPUTS * 20 }, async (name, target) => {
    const rounds = Math.ceil((INPUTS * target.share) / shares);
    const own = cases.filter((one) => one.target === name);

    const tally = await runTarget(name, target, own, { rounds, seed: SEED, failures: FAILURES });

    tallies.set(name, tally);
    expect(tally.defects).toEqual([]);
    expect(tally.inputs).toBe(rounds);
  });
});

test.skipIf(REPLAY === undefined)('the input of an earlier run', async () => {
  const kept = JSON.parse(readFileSync(REPLAY ?? '', 'utf8'));
  const target = TARGETS[kept.target];
  if (target === undefined) throw new Error(`no target is called ${kept.target}`);
  const prepare = async (input: string) => {
    const open = await openCase({ ...kept, input: Buffer.from(input, 'base64') }, target);
    if (open === undefined) throw new Error('the valid input is refused');
    return open;
  };
  const one = await prepare(kept.good);

  const finding = await judgeInput(one, one, Buffer.from(kept.input, 'base64'));

  expect(finding).not.toMatchObject({ kind: 'defect' });
});
