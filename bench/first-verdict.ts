import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../lambdas/core/digest.ts';
import { githubWorkflow } from '../local/sigstore/fulcio.ts';
import { createPrivateSigstore } from '../local/sigstore/private-sigstore.ts';
import { bundleSource } from './bundle.ts';
import { measureFreshStarts } from './fresh-process.ts';
import type { Section } from './section.ts';

const GOAL = 25;

const SOURCE = `
import { parseTrustRoot } from './trust-root.ts';
import { verifySignature } from './verify-signature.ts';
// An import of node:fs would load all its streams too, which takes milliseconds and is no part of the engine.
const { readFileSync } = process.getBuiltinModule('node:fs');
export function run(folder: string): void {
  const root = parseTrustRoot(JSON.parse(readFileSync(folder + '/root.json', 'utf8')));
  const bytes = readFileSync(folder + '/bundle.json');
  const verifier = { kind: 'certificate', root, log: 'required', certificateTimestamp: 'required' } as const;
  const outcome = verifySignature({ format: 'bundle', origin: { kind: 'file' }, bytes }, verifier);
  if (!outcome.ok) throw new Error(outcome.message);
}`;

/** From nothing to the first verdict: the verifying engine as a bundle of its own, with its trusted root, in a new process. */
export async function measureFirstVerdict(folder: string): Promise<Section> {
  const at = join(folder, 'first-verdict');
  mkdirSync(at, { recursive: true });
  const sigstore = createPrivateSigstore({ now: () => Date.now() });
  const bundle = sigstore.signImageBundle(digestOf('an image'), githubWorkflow('acme/app'), { log: 'v1' });
  writeFileSync(join(at, 'root.json'), JSON.stringify(sigstore.trustedRoot()));
  writeFileSync(join(at, 'bundle.json'), JSON.stringify(bundle));
  const { file, size } = await bundleSource(SOURCE, 'lambdas/core/signature', join(at, 'engine.mjs'));
  const floor = join(at, 'crypto.mjs');
  writeFileSync(floor, "import 'node:crypto';");
  const [start, node] = measureFreshStarts([file, floor], { rounds: 21, argument: at });
  if (start === undefined || node === undefined) throw new Error('the first verdict was not measured');
  return {
    title: 'Import, trusted root and first verdict of the verifying bundle, in a new process',
    columns: ['bundle', 'clock', 'processor', 'of it node:crypto (processor)'],
    rows: [
      {
        cells: [
          `${(size / 1000).toFixed(0)} kB`,
          `${start.wall.toFixed(1)} ms`,
          `${start.processor.toFixed(1)} ms`,
          `${node.processor.toFixed(1)} ms`,
        ],
        goal: `<= ${GOAL} ms`,
        met: start.wall <= GOAL,
      },
    ],
  };
}
