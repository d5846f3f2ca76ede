import { mkdirSync, writeFileSync } from 'node:fs';
import { type Finding, judgeInput, type OpenCase, openCase } from './judge.ts';
import { createRandom } from './mutate/random.ts';
import type { FuzzCase, Target } from './target.ts';

/** The count of one target's run. */
export interface Tally {
  readonly inputs: number;
  readonly refused: ReadonlyMap<string, number>;
  readonly parsed: number;
  /** Accepted inputs that say what the valid one says, by why what differs does not matter. */
  readonly same: ReadonlyMap<string, number>;
  readonly defects: readonly string[];
}

/** Defects after which a run ends. */
const ENOUGH = 10;

/**
 * Feeds `rounds` changed inputs to a target, each made from a case by one to three changes with another case of the target as donor. The same seed over the same cases
 * gives the same inputs. Each input that shows a defect is written to `failures`, whole, so that it can be judged again.
 */
export async function runTarget(
  name: string,
  target: Target,
  cases: readonly FuzzCase[],
  options: { readonly rounds: number; readonly seed: number; readonly failures: string },
): Promise<Tally> {
  const open = await openAll(cases, target);
  const random = createRandom(options.seed ^ hash(name));
  const refused = new Map<string, number>();
  const same = new Map<string, number>();
  const defects: string[] = [];
  let parsed = 0;
  let inputs = 0;
  while (inputs < options.rounds && defects.length < ENOUGH) {
    const one = open[random(open.length)];
    const donor = open[random(open.length)];
    if (one === undefined || donor === undefined) break;
    let input = one.of.input;
    for (let changes = 1 + Math.floor(random(8) / 6) + Math.floor(random(8) / 7); changes > 0; changes -= 1) {
      input = target.mutate(input, donor.of.input, random);
    }
    inputs += 1;
    const finding = await judgeInput(one, donor, input);
    if (finding.kind === 'refused') add(refused, finding.code);
    else if (finding.kind === 'parsed') parsed += 1;
    else if (finding.kind === 'same') add(same, finding.because.join('; ') || 'only its spelling differs');
    else defects.push(keep(one, input, finding, { ...options, name, inputs }));
  }
  return { inputs, refused, parsed, same, defects };
}

async function openAll(cases: readonly FuzzCase[], target: Target): Promise<readonly OpenCase[]> {
  const open: OpenCase[] = [];
  for (const one of cases) {
    const ready = await openCase(one, target);
    if (ready !== undefined) open.push(ready);
  }
  return open;
}

/** Writes an input that showed a defect down, with all that it takes to judge it again. Returns what to say of it. */
function keep(
  { of }: OpenCase,
  input: Buffer,
  { what }: Extract<Finding, { kind: 'defect' }>,
  { failures, name, seed, inputs }: { failures: string; name: string; seed: number; inputs: number },
): string {
  mkdirSync(failures, { recursive: true });
  const file = `${failures}/${name}-${seed}-${inputs}.json`;
  const whole = { what, seed, round: inputs, name: of.name, target: of.target, context: of.context };
  writeFileSync(file, JSON.stringify({ ...whole, good: of.input.toString('base64'), input: input.toString('base64') }));
  return `${name}, seed ${seed}, input ${inputs} (from ${of.name}): ${what}\n  replay: COUNTERSIGN_FUZZ_REPLAY=${file}`;
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** A number out of a name, so that targets do not all make the same changes. */
function hash(name: string): number {
  return [...name].reduce((sum, character) => (Math.imul(sum, 31) + character.charCodeAt(0)) | 0, 7);
}
