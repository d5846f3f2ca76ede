import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { measureAccountDrift } from './account-drift.ts';
import { measureFirstVerdict } from './first-verdict.ts';
import { measureFunctionStart } from './function-start.ts';
import { measurePolicyComparison } from './policy-comparison.ts';
import { formatSection } from './section.ts';
import { countSweepCalls } from './sweep-calls.ts';
import { countVerificationLegs } from './verification-legs.ts';
import { measureVerificationSpeed } from './verification-speed.ts';

const build = join(import.meta.dirname, '..', '.build');
mkdirSync(build, { recursive: true });
const folder = mkdtempSync(join(build, 'bench-'));

/** Each is named as on the command line: `npm run bench`, or `npm run bench -- speed legs`. */
const MEASUREMENTS = {
  start: () => measureFunctionStart(folder),
  legs: async () => [await countVerificationLegs()],
  sweep: countSweepCalls,
  speed: async () => [measureVerificationSpeed()],
  compare: () => [measurePolicyComparison()],
  account: () => [measureAccountDrift()],
  'first-verdict': async () => [await measureFirstVerdict(folder)],
} as const;

const wanted = process.argv.slice(2);

try {
  for (const [name, measure] of Object.entries(MEASUREMENTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    for (const section of await measure()) console.log(`${formatSection(section)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
