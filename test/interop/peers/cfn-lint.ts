import assert from 'node:assert/strict';
import { join } from 'node:path';
import { z } from 'zod';
import type { Checks } from '../harness/checks.ts';
import { REGION } from '../harness/synthesis.ts';
import type { Workbench } from '../harness/workbench.ts';

const findings = z.array(
  z.object({ Level: z.string(), Message: z.string(), Rule: z.object({ Id: z.string() }).loose() }).loose(),
);

/** Warnings that stay, each with its reason. */
const EXPLAINED: Readonly<Record<string, string>> = {
  W3005:
    'The CDK makes a function depend on its role and on the policy of the role together: only the second is needed, both are harmless.',
};

/** cfn-lint knows the resource schemas of CloudFormation: the template must be free of errors, and of warnings that nobody explained. */
export async function checkWithCfnLint(bench: Workbench, checks: Checks): Promise<void> {
  const program = join(await bench.pythonTools(), 'cfn-lint');
  const { templateFile } = await bench.synthesized();
  const { stdout, stderr } = await bench.processes.run([
    program,
    '--format',
    'json',
    '--regions',
    REGION,
    '--',
    templateFile,
  ]);
  assert.equal(stderr, '');
  const found = findings.parse(JSON.parse(stdout === '' ? '[]' : stdout));
  const shown = (level: string) =>
    found.filter(({ Level }) => Level === level).map(({ Rule, Message }) => `${Rule.Id} ${Message}`);

  await checks.check('the template has no errors', () => assert.deepEqual(shown('Error'), []));
  await checks.check('every warning of the template is explained', () => {
    const unexplained = shown('Warning').filter((text) => EXPLAINED[text.split(' ')[0] ?? ''] === undefined);
    assert.deepEqual(unexplained, []);
    return `${shown('Warning').length} warnings`;
  });
}
