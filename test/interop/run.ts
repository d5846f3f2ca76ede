import { parseArgs } from 'node:util';
import { CACHE } from './harness/cache.ts';
import { Checks } from './harness/checks.ts';
import { createWorkbench, type Workbench } from './harness/workbench.ts';
import { checkAttestations } from './peers/attestations.ts';
import { checkBundles } from './peers/bundles.ts';
import { checkWithCfnLint } from './peers/cfn-lint.ts';
import { checkConsole } from './peers/console.ts';
import { checkContract } from './peers/contract.ts';
import { checkDeployment } from './peers/deploy.ts';
import { checkEventPatterns } from './peers/event-patterns.ts';
import { checkImages } from './peers/images.ts';
import { checkInterleavings } from './peers/interleavings.ts';
import { checkNotation } from './peers/notation.ts';

/** The peers by name, in the order in which they run: those that need little first, while the rest is being installed. */
const PEERS: Readonly<Record<string, (bench: Workbench, checks: Checks) => Promise<void>>> = {
  'cfn-lint': checkWithCfnLint,
  'event-ruler': checkEventPatterns,
  console: checkConsole,
  deploy: checkDeployment,
  contract: checkContract,
  interleavings: checkInterleavings,
  bundles: checkBundles,
  images: checkImages,
  attestations: checkAttestations,
  notation: checkNotation,
};

/** Of everything that is generated where no other seed is asked for: a run in CI that fails fails again. */
const SEED = 1;

const USAGE = `npm run test:interop -- [options] [peer...]

Drives real peers on this machine: ${Object.keys(PEERS).join(', ')}. Without a name, all.

  --seed N        seed of everything that is generated, or "random" to look further; default: ${SEED}
  --require-all   count a peer that cannot run here as a failure
  --help          show this

What is installed stays in ${CACHE}.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: 'string' }, 'require-all': { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const unknown = positionals.filter((name) => !Object.hasOwn(PEERS, name));
  const seed = values.seed === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed ?? SEED);
  if (values.help === true || unknown.length > 0 || !Number.isInteger(seed)) {
    process.stderr.write(USAGE);
    return values.help === true ? 0 : 2;
  }

  const print = (line: string) => process.stdout.write(`${line}\n`);
  const bench = createWorkbench(seed);
  // Whatever ends the run ends what it started.
  process.once('exit', () => bench.close());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const checks = new Checks(print);
  print(`logs in ${bench.folder}; seed ${seed}`);
  const needed = Object.entries(PEERS).filter(([name]) => positionals.length === 0 || positionals.includes(name));
  if (needed.length > 1) {
    // Long installations run beside the first peers; whoever needs one waits for it.
    for (const install of [bench.pythonTools, bench.eventRuler, bench.goTools]) install().catch(() => undefined);
  }
  for (const [name, run] of needed) await checks.peer(name, (each) => run(bench, each));
  bench.close();
  if (checks.failed === 0) bench.tidy();
  print(checks.summary());
  // Where nothing could run, nothing was shown.
  const incomplete = checks.passed === 0 || (values['require-all'] === true && checks.skipped > 0);
  return checks.failed > 0 || incomplete ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(70);
  },
);
