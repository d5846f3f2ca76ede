import type { Checks } from '../harness/checks.ts';
import { checkWithMoto } from '../harness/run-vitest.ts';
import type { Workbench } from '../harness/workbench.ts';

/** Each takes some seconds, most of them in moto. */
const RUNS = '8';

/** Random interleavings of what attackers and deployers do, with moto's IAM in the place of ours: they end in what is signed there, too. COUNTERSIGN_RUNS says how many. */
export async function checkInterleavings(bench: Workbench, checks: Checks): Promise<void> {
  const env = { COUNTERSIGN_RUNS: process.env.COUNTERSIGN_RUNS ?? RUNS };
  const { printed } = await checkWithMoto(bench, checks, ['test/handlers/iam-interleavings.test.ts'], { env });
  const told = printed.split('\n').find((line) => line.includes('interleavings: seed'));
  checks.note(told?.slice(told.indexOf('interleavings:')) ?? 'no end states were told');
}
