import { createHash, createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CountersignError } from '../../lambdas/core/errors.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { installMeter } from './meter.ts';
import { mutateJson } from './mutate/json.ts';
import { runTarget } from './run.ts';
import type { FuzzCase, Outcome, Target } from './target.ts';

installMeter();

const cases: readonly FuzzCase[] = [
  { name: 'one', target: 'x', input: Buffer.from('{"a":"one","b":[1,2],"c":{"d":null}}'), context: {} },
  { name: 'other', target: 'x', input: Buffer.from('{"a":"other","b":[3],"c":{"d":true}}'), context: {} },
];

/** A target that accepts what its `judge` says, whose inputs must stay what they were to the byte. */
function targetOf(judge: (input: Buffer) => Outcome, seen: string[] = []): Target {
  return {
    share: 1,
    mutate: mutateJson,
    open: () => (input) => {
      seen.push(input.toString());
      return judge(input);
    },
    parts: (input) => new Map([['all', input.toString()]]),
  };
}

const run = (target: Target, seed = 1, failures = makeFolder()) =>
  runTarget('x', target, cases, { rounds: 200, seed, failures });

test('one seed makes the same inputs, another one makes others', async () => {
  const inputs: string[][] = [[], [], []];
  const kept = (index: number) => targetOf(() => ({ kind: 'accepted', says: 'a' }), inputs[index]);
  // What is accepted is refused again by its parts, ten times, and then the run ends: each has made some by then.
  await run(kept(0), 1);
  await run(kept(1), 1);
  await run(kept(2), 2);

  expect(inputs[0]?.length).toBeGreaterThan(8);
  expect(inputs[1]).toEqual(inputs[0]);
  expect(inputs[2]).not.toEqual(inputs[0]);
});

test('an acceptance of something changed is a defect, and is written down whole', async () => {
  const failures = makeFolder();

  const { defects } = await run(
    targetOf(() => ({ kind: 'accepted', says: 'a' })),
    1,
    failures,
  );

  const [file = ''] = readdirSync(failures);
  const kept = JSON.parse(readFileSync(`${failures}/${file}`, 'utf8'));
  expect(defects[0]).toContain('accepted with another all (changed)');
  expect(defects).toHaveLength(10);
  expect(kept).toMatchObject({ target: 'x', seed: 1, context: {}, what: 'accepted with another all (changed)' });
  expect([cases[0], cases[1]].map((one) => one?.input.toString('base64'))).toContain(kept.good);
  expect(kept.input).not.toBe(kept.good);
});

test('an acceptance that says something else is a defect', async () => {
  const { defects } = await run(targetOf((input) => ({ kind: 'accepted', says: input.toString() })));

  expect(defects[0]).toContain('accepted as ');
});

test('an error of no type of ours is a defect, one of ours a refusal', async () => {
  const throwing = (make: () => Error) => {
    let first = 0;
    return targetOf(() => {
      first += 1;
      // The valid inputs are accepted.
      if (first <= cases.length) return { kind: 'accepted', says: 'a' };
      throw make();
    });
  };

  const strange = await run(throwing(() => new RangeError('too deep')));
  const ours = await run(throwing(() => new CountersignError('malformed', 'it is')));

  expect(strange.defects[0]).toMatch(/crash: RangeError: too deep/);
  expect(ours).toMatchObject({ inputs: 200, defects: [], refused: new Map([['malformed', 200]]) });
});

test('more work than an input may cause is a defect', async () => {
  const block = Buffer.alloc(1024 * 1024);
  const pem = readFileSync(new URL('../../trust/demo-release-key.pub', import.meta.url), 'utf8');
  const hashing = () => {
    for (let count = 0; count < 6; count += 1) createHash('sha256').update(block).digest();
  };
  const reading = () => {
    for (let count = 0; count < 101; count += 1) createPublicKey(pem);
  };
  const afterwards = (work: () => void) =>
    targetOf(() => {
      work();
      return { kind: 'accepted', says: 'a' };
    });

  expect((await run(afterwards(hashing))).defects[0]).toMatch(/work: \d+ bytes hashed for \d+/);
  expect((await run(afterwards(reading))).defects[0]).toMatch(/work: 101 keys read/);
});
