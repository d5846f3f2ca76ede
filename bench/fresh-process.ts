import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { medianOf } from './measure.ts';

export interface FreshStart {
  /** Medians in milliseconds, of the wall clock and of the processor. */
  readonly wall: number;
  readonly processor: number;
}

/** What Lambda would set; handlers read it when they start. */
const ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  VERDICT_TABLE: 'verdicts',
  IMAGE_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/image',
  FINDINGS_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/findings',
  REJECTED_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/rejected',
  POWERTOOLS_SERVICE_NAME: 'bench',
  POWERTOOLS_METRICS_NAMESPACE: 'Countersign',
};

const SCRIPT = `
const start = performance.now();
const used = process.cpuUsage();
const loaded = await import(process.argv[1]);
if (typeof loaded.run === 'function') await loaded.run(process.argv[2]);
const { user, system } = process.cpuUsage(used);
process.stdout.write(JSON.stringify([performance.now() - start, (user + system) / 1000]));
`;

/** Imports each module, and calls its \`run\` where it has one, in Node.js processes of its own, in turns. */
export function measureFreshStarts(
  modules: readonly string[],
  { rounds, argument = '' }: { readonly rounds: number; readonly argument?: string },
): readonly FreshStart[] {
  const taken: number[][][] = modules.map(() => []);
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, module] of modules.entries()) {
      const output = execFileSync(
        process.execPath,
        ['--enable-source-maps', '--input-type=module', '-e', SCRIPT, pathToFileURL(module).href, argument],
        { encoding: 'utf8', env: ENVIRONMENT, timeout: 30_000 },
      );
      const times: unknown = JSON.parse(output.slice(output.lastIndexOf('[')));
      // The first round warms the file system's cache.
      if (round >= 0 && Array.isArray(times)) taken[index]?.push(times.map(Number));
    }
  }
  return taken.map((runs) => ({
    wall: medianOf(runs.map(([wall = Number.NaN]) => wall)),
    processor: medianOf(runs.map(([, processor = Number.NaN]) => processor)),
  }));
}
