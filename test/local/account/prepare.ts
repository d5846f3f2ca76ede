import { type VirtualClock, virtualClock } from '../../../local/account/clock.ts';
import { createEmbeddedAccount, type EmbeddedAccountOptions } from '../../../local/account/index.ts';
import type { EmbeddedAccount } from '../../../local/account/types.ts';

export const START = Date.UTC(2026, 0, 1);

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An account whose time stands still until it is advanced. */
export function prepareAccount(options: Partial<EmbeddedAccountOptions> = {}): {
  account: EmbeddedAccount;
  clock: VirtualClock;
} {
  const clock = virtualClock(START);
  const account = createEmbeddedAccount({
    id: '123456789012',
    region: 'eu-west-1',
    clock,
    random: seededRandom(1),
    ...options,
  });
  return { account, clock };
}
