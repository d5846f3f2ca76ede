/** Pseudo-random numbers below a bound: the same seed, the same numbers on every machine. */
export type Random = (below: number) => number;

/** A small generator (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** One of a list that is not empty. */
export function pick<T>(list: readonly [T, ...T[]], random: Random): T {
  return list[random(list.length)] ?? list[0];
}
