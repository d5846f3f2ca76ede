import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Checks } from '../harness/checks.ts';
import { ROOT } from '../harness/synthesis.ts';
import type { Workbench } from '../harness/workbench.ts';

const report = z.object({
  testResults: z.array(
    z.object({
      assertionResults: z.array(
        z.object({ title: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

/** The contract that the embedded account keeps (`test/contract`), and the settings that plans change, against moto. Where AWS documents what moto does not do, moto is not asked. */
export async function checkContract(bench: Workbench, checks: Checks): Promise<void> {
  const { endpoint } = await bench.moto();
  const file = join(bench.folder, 'contract.json');
  const vitest = [
    process.execPath,
    join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    'test/contract/moto.test.ts',
    'test/contract/settings-moto.test.ts',
    // Each resets the server that both ask.
    '--no-file-parallelism',
  ];
  const { stdout, stderr } = await bench.processes.run([...vitest, '--reporter=json', `--outputFile=${file}`], {
    cwd: ROOT,
    env: { ...process.env, COUNTERSIGN_MOTO_ENDPOINT: endpoint },
  });
  const results = report
    .parse(JSON.parse(readFileSync(file, 'utf8')))
    .testResults.flatMap(({ assertionResults }) => assertionResults);
  assert.ok(results.length > 0, `${stdout}${stderr}`);
  for (const { title, status, failureMessages } of results) {
    if (title.startsWith('[documented]')) continue;
    await checks.check(title, () => assert.equal(status, 'passed', failureMessages?.join('\n')));
  }
  const left = results.filter(({ title }) => title.startsWith('[documented]')).length;
  checks.note(`${left} more expectations go by the documentation of AWS: moto is known to be wrong there`);
}
