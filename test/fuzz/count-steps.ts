import { Session } from 'node:inspector/promises';
import { setFlagsFromString } from 'node:v8';

// Code that is compiled while its loop runs loses the counts of what it runs after that.
for (const flag of ['--no-opt', '--no-maglev', '--no-sparkplug', '--no-use-osr']) setFlagsFromString(flag);

/**
 * Counts how often blocks of our own code ran while `work` did: V8's precise block coverage, summed over all functions of the deployed sources. It is a number of steps, the same
 * on every machine; what runs inside of Node (regular expressions, JSON, hashes) is not in it.
 */
export async function countSteps(work: () => unknown): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    await work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    await session.post('Profiler.stopPreciseCoverage');
    return result
      .filter(({ url }) => url.includes('/lambdas/'))
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)))
      .reduce((sum, count) => sum + count, 0);
  } finally {
    session.disconnect();
  }
}
