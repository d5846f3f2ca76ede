import assert from 'node:assert/strict';
import { join } from 'node:path';
import { z } from 'zod';
import type { SignedImage } from '../harness/signing.ts';
import { ROOT } from '../harness/synthesis.ts';
import type { Workbench } from '../harness/workbench.ts';

const EXIT_CODES = { verified: 0, unsigned: 1, invalid: 1, error: 3, gone: 3, ignored: 3 } as const;
const result = z.object({
  verdict: z.enum(['verified', 'unsigned', 'invalid', 'error', 'gone', 'ignored']),
  digest: z.string(),
});

/** Runs `countersign verify --json`, and holds its exit code to its verdict. */
export async function askOurs({ processes }: Workbench, { ref, digest }: SignedImage, flags: readonly string[]) {
  const command = [process.execPath, join(ROOT, 'bin', 'countersign.ts'), 'verify', ...flags, '--json', ref];
  const { code, stdout, stderr } = await processes.run(command);
  assert.ok(stdout.startsWith('{'), `exit ${code} ${stderr}`);
  const { verdict, digest: looked } = result.parse(JSON.parse(stdout));
  assert.equal(code, EXIT_CODES[verdict]);
  assert.equal(looked, digest);
  return { verdict, text: stdout };
}
