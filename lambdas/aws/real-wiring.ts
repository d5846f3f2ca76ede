import { readFileSync } from 'node:fs';
import type { Wiring } from './wiring.ts';

/** What every deployed function is wired with besides its own clients. `entry` is the `import.meta.url` of its bundle, beside which the compiled configuration lies. */
export function realWiring(entry: string): Omit<Wiring<never>, 'clients'> {
  return {
    environment: process.env,
    readCompiledConfig: () => readFileSync(new URL('./countersign.compiled.json', entry), 'utf8'),
    fetch,
    clock: Date.now,
    random: Math.random,
  };
}

/**
 * Few tries inside one invocation: the queue brings a message back later, which is the longer and cheaper retry. A call that hangs is given up before it has
 * used the time of the other records.
 */
export const CLIENT_OPTIONS = {
  maxAttempts: 3,
  retryMode: 'standard',
  requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
} as const;
