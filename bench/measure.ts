import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/** The middle of some measurements. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * Median processor time of each step in milliseconds, each measured over a batch of runs. Processor time, since other work on the machine stretches the
 * clock and not the work; batches, since one run is shorter than the counter is exact; in turns, so that whatever the machine does meets all steps alike.
 */
export function measureInTurns<Name extends string>(
  steps: Readonly<Record<Name, () => void>>,
  { rounds, batch }: { readonly rounds: number; readonly batch: number },
): Readonly<Record<Name, number>> {
  const named = Object.entries<() => void>(steps);
  const times = new Map<string, number[]>(named.map(([name]) => [name, []]));
  for (let round = -2; round < rounds; round += 1) {
    for (const [name, step] of named) {
      const took = timeBatch(step, batch);
      if (round >= 0) times.get(name)?.push(took);
    }
  }
  const medians: Partial<Record<Name, number>> = {};
  for (const name in steps) medians[name] = medianOf(times.get(name) ?? []);
  return requireAll(medians, steps);
}

function timeBatch(step: () => void, batch: number): number {
  const start = process.cpuUsage();
  for (let run = 0; run < batch; run += 1) step();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / batch;
}

function requireAll<Name extends string>(
  partial: Partial<Record<Name, number>>,
  names: Readonly<Record<Name, unknown>>,
): Record<Name, number> {
  const whole = (candidate: Partial<Record<Name, number>>): candidate is Record<Name, number> =>
    Object.keys(names).every((name) => name in candidate);
  if (!whole(partial)) throw new TypeError('a step was not measured');
  return partial;
}

/**
 * Runs a step and keeps every `verify` of node:crypto that it makes, and every key that it has to import for them. Returns functions that make the same
 * calls again with nothing around them: what no verifier of the same evidence can go below.
 */
export function recordSignatureChecks(step: () => void): {
  readonly count: number;
  /** The signature checks alone, with keys that are ready. */
  readonly verify: () => void;
  /** The same, and the import of the keys that came as bytes. */
  readonly importAndVerify: () => void;
} {
  const { verify, createPublicKey } = crypto;
  const checks: (() => boolean)[] = [];
  const imports: (() => unknown)[] = [];
  Object.assign(crypto, {
    verify: (...[algorithm, data, key, signature]: Parameters<typeof verify>) => {
      checks.push(() => verify(algorithm, data, key, signature));
      return verify(algorithm, data, key, signature);
    },
    createPublicKey: (...[key]: Parameters<typeof createPublicKey>) => {
      imports.push(() => createPublicKey(key));
      return createPublicKey(key);
    },
  });
  syncBuiltinESMExports();
  try {
    step();
  } finally {
    Object.assign(crypto, { verify, createPublicKey });
    syncBuiltinESMExports();
  }
  const repeat = () => {
    for (const check of checks) if (!check()) throw new Error('a recorded signature does not verify');
  };
  return {
    count: checks.length,
    verify: repeat,
    importAndVerify: () => {
      for (const one of imports) one();
      repeat();
    },
  };
}
