import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Checks } from './checks.ts';
import { ROOT } from './synthesis.ts';
import type { Workbench } from './workbench.ts';

/** Ten thousand interleavings by hand take a day, milliseconds. */
const LONGEST = 24 * 3_600_000;

const report = z.object({
  testResults: z.array(
    z.object({
      assertionResults: z.array(
        z.object({ title: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

/** Runs test files against the moto server, one after the other since each resets it, and checks each test but those whose titles are left out. Returns what they printed, and how many were left out. */
export async function checkWithMoto(
  bench: Workbench,
  checks: Checks,
  files: readonly string[],
  { env = {}, isLeftOut = () => false }: { env?: Record<string, string>; isLeftOut?: (title: string) => boolean } = {},
): Promise<{ readonly printed: string; readonly leftOut: number }> {
  const { endpoint } = await bench.moto();
  const file = join(bench.folder, `${files.length}-${files[0]?.replaceAll('/', '-')}.json`);
  const vitest = [process.execPath, join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...files];
  const options = ['--no-file-parallelism', '--reporter=json', '--reporter=default', `--outputFile=${file}`];
  const { stdout, stderr } = await bench.processes.run([...vitest, ...options], {
    cwd: ROOT,
    timeout: LONGEST,
    env: { ...process.env, ...env, COUNTERSIGN_MOTO_ENDPOINT: endpoint },
  });
  const results = report
    .parse(JSON.parse(readFileSync(file, 'utf8')))
    .testResults.flatMap(({ assertionResults }) => assertionResults);
  assert.ok(results.length > 0, `${stdout}${stderr}`);
  for (const { title, status, failureMessages } of results) {
    if (isLeftOut(title)) continue;
    await checks.check(title, () => assert.equal(status, 'passed', failureMessages?.join('\n')));
  }
  return { printed: stdout, leftOut: results.filter(({ title }) => isLeftOut(title)).length };
}
